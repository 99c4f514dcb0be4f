from w import *
a=c.post("/customers/lookup",json={"identities":[{"kind":"external","source":"crm","value":"m-1"}]}).json()["matches"][0]["customer_id"]
# access export
t=time.time(); r=c.post(f"/customers/{a}/access-export"); print(r.status_code, r.headers.get("content-type"), r.headers.get("content-disposition"), len(r.content), f"{time.time()-t:.2f}s")
d=r.json(); print(d.keys(), {k:list(v)[:40] if isinstance(v,dict) else type(v) for k,v in d["services"].items()})
print(json.dumps(d["services"]["profile"],ensure_ascii=False)[:3000])
q("POST",f"/customers/{uuid.uuid4()}/access-export")
e=q("POST",f"/customers/{a}/erasure")
q("POST",f"/customers/{a}/erasure")
q("GET",f"/customers/{a}")
q("GET",f"/customers/{a}/360")
q("POST",f"/customers/{a}/access-export")
for i in range(40):
    x=c.get(f"/erasures/{e['id']}").json()
    if x["status"]=="completed": break
    time.sleep(.5)
print(i, json.dumps(x)[:1500])
q("POST","/orders",{"source":"crm","order_id":"mo-9","status":"paid","currency":"CNY","placed_at":"2026-11-01T00:00:00Z","identities":[{"kind":"external","value":"m-1"}],"totals":{"total":"10.00"}},show=400)
q("POST","/customers",{"source":"crm","identities":[{"kind":"email","value":"zw@example.com"}],"name":"x"},show=400)
q("GET",f"/erasures/{uuid.uuid4()}")
q("GET",f"/erasures?status=completed",show=200)
q("GET",f"/customers/{a}/orders",show=300); q("GET","/orders/crm:mo-1",show=300)
