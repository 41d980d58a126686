#!/bin/bash
# Starts Kafka with our settings file. The image's own start would write one from variables, into the image.
set -euo pipefail
settings=/etc/shortlist/server.properties
cd /opt/kafka/bin
[ -e /var/lib/kafka/data/meta.properties ] ||
    ./kafka-storage.sh format --cluster-id "$(./kafka-storage.sh random-uuid)" --config "$settings"
exec ./kafka-server-start.sh "$settings"
