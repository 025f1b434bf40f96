"""What operators ask."""

from tests.api.bodies import open_case


def test_a_running_service_is_healthy_and_ready(client):
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok"}


def test_without_its_store_the_service_is_healthy_but_not_ready(client, services):
    with services.matching.store.transaction() as tx:
        tx.connection.exec_driver_sql("ALTER TABLE head RENAME TO elsewhere")

    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/store-unavailable")


def test_metrics_count_cases_and_listed_signatures(client):
    open_case(client)

    lines = client.get("/metrics").text.splitlines()

    assert 'hashsvc_cases_total{action="open"} 1.0' in lines
    assert "hashsvc_index_signatures 1.0" in lines
    assert 'hashsvc_requests_total{route="/v1/cases",status="201"} 1.0' in lines
