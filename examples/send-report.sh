#!/usr/bin/env bash
# Sends one signed report: OFFAIR_REPORTS_URL=https://…/reports/standard OFFAIR_SECRET=whsec_… ./send-report.sh
# The key is visible to other users in the process list: use another example on a shared machine.
set -euo pipefail

stream='{"domain":"publish.example.huawei.com","app":"live","stream":"room-1"}'
body='{"occurredAt":"'$(date -u +%FT%TZ)'","stream":'$stream',"category":"nudity","score":0.93}'

id="msg_$(openssl rand -hex 16)" # the same id when you send this report again
timestamp=$(date +%s)
key=$(printf %s "${OFFAIR_SECRET#whsec_}" | openssl base64 -d -A | od -An -vtx1 | tr -d ' \n')
signature=$(printf %s "$id.$timestamp.$body" | openssl dgst -sha256 -mac hmac -macopt "hexkey:$key" -binary | openssl base64 -A)

curl --silent --show-error --fail-with-body --write-out ' %{http_code}\n' "$OFFAIR_REPORTS_URL" --data-raw "$body" \
  -H 'content-type: application/json' -H "webhook-id: $id" -H "webhook-timestamp: $timestamp" \
  -H "webhook-signature: v1,$signature"
