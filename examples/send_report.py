# Sends one signed report: OFFAIR_REPORTS_URL=https://…/reports/standard OFFAIR_SECRET=whsec_… python3 send_report.py
import base64, datetime, hashlib, hmac, json, os, time, urllib.request, uuid

stream = {"domain": "publish.example.huawei.com", "app": "live", "stream": "room-1"}
now = datetime.datetime.now(datetime.timezone.utc).isoformat()
body = json.dumps({"occurredAt": now, "stream": stream, "category": "nudity", "score": 0.93})

message_id = f"msg_{uuid.uuid4()}"  # the same id when you send this report again
timestamp = str(int(time.time()))
key = base64.b64decode(os.environ["OFFAIR_SECRET"].removeprefix("whsec_"))
digest = hmac.new(key, f"{message_id}.{timestamp}.{body}".encode(), hashlib.sha256).digest()
signature = "v1," + base64.b64encode(digest).decode()

headers = {"content-type": "application/json", "webhook-id": message_id,
           "webhook-timestamp": timestamp, "webhook-signature": signature}
request = urllib.request.Request(os.environ["OFFAIR_REPORTS_URL"], body.encode(), headers)
with urllib.request.urlopen(request) as response:  # raises HTTPError, so exits with 1, unless the answer is 2xx
    print(response.status, response.read().decode())
