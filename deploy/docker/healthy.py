"""The health check of every image: ends with 0 once the service in this container says it is ready."""

import http.client
import os
import sys

# Not urllib: where the environment names a proxy, it would ask that one for an address of this very container.
connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["PORT"]), timeout=4)
connection.request("GET", "/health/ready")
answer = connection.getresponse()
print(answer.read().decode()[:2000])
sys.exit(0 if answer.status == 200 else 1)
