import json, sys, httpx, time, uuid, csv, io
run=json.load(open("/tmp/h/profile-home/run.json"))
c=httpx.Client(base_url=f"{run['gateway']}/v1", headers={"Authorization": f"Bearer {run['admin_key']}"}, timeout=60)
def q(m,p,body=None,show=900,**kw):
    h=dict(kw.pop("headers",{}))
    if m=="POST" and kw.pop("idem",True): h.setdefault("Idempotency-Key",str(uuid.uuid4()))
    if m=="PATCH": h.setdefault("Content-Type","application/merge-patch+json")
    t=time.time(); r=c.request(m,p,json=body,headers=h,**kw); dt=(time.time()-t)*1000
    txt=r.text
    print(f"{m} {p} -> {r.status_code} {dt:.0f}ms {r.headers.get('etag','')} {r.headers.get('location','')}\n   {txt[:show]}")
    try: return r.json()
    except Exception: return r
def job(j):
    for _ in range(200):
        x=c.get("/jobs/"+j["id"]).json()
        if x["status"] not in("queued","running"): break
        time.sleep(.3)
    print("   JOB",json.dumps(x)[:500]); return x
