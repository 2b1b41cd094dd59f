"""Shows what was written back: a line for each version of 'incoming'."""
from mlflow import MlflowClient

versions = MlflowClient().search_model_versions("name = 'incoming'")
for version in sorted(versions, key=lambda v: int(v.version)):
    tags = version.tags
    print("tags", version.version, tags["file"], *(
        tags.get("findthelady." + key, "-") for key in ("verdict", "reference", "report")))
