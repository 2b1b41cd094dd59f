"""Registers the first file as a version of 'owned' and the others as versions of 'incoming'."""
import os
import sys
from mlflow import MlflowClient

client = MlflowClient()
experiment = client.create_experiment("uploads")
for name in ("owned", "incoming"):
    client.create_registered_model(name)
for number, path in enumerate(sys.argv[1:]):
    name = "incoming" if number else "owned"
    run = client.create_run(experiment)
    client.log_artifact(run.info.run_id, path, "model")
    version = client.create_model_version(
        name, run.info.artifact_uri + "/model", run.info.run_id,
        tags={"source": "upload", "file": os.path.basename(path)})
    if not number:
        client.set_registered_model_alias(name, "champion", version.version)
