"""Audits the registry every night with Find the Lady, through Airflow's Spark provider.

Retries are safe: a run that was killed goes on where it was, to the same bytes. Exit codes other
than 0 fail the task; in cluster mode the exact outcome is in run.json.
"""

from datetime import timedelta

import pendulum
from airflow import DAG
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator

with DAG(
    dag_id="ftl_audit",
    schedule="0 2 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=10)},
) as dag:
    SparkSubmitOperator(
        task_id="audit",
        conn_id="spark_default",
        name="ftl-audit",
        application="s3a://BUCKET/ftl/ftl.jar",
        java_class="org.findthelady.cli.Main",
        application_args=[
            "audit",
            "--job",
            "s3a://BUCKET/ftl/jobs/registry.json",
            "--out",
            "s3a://BUCKET/ftl/audits",
        ],
        conf={"spark.executorEnv.OPENBLAS_NUM_THREADS": "1"},
        driver_memory="2g",
        executor_memory="2g",
        executor_cores=2,
    )
