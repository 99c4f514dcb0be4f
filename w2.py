from w import *
for bad in ({"all":[]},{"field":"orders.cuont","op":"at_least","value":2},{"field":"orders.count","op":"is","value":2},{"field":"orders.count","op":"at_least","value":"two"},
  {"field":"orders.count","op":"at_least","value":2,"window":{"days":0}},{"field":"customer.region","op":"in_region","value":["999999"]},{"not":{"field":"segment","op":"is","value":str(uuid.uuid4())}},
  {"field":"orders.count","op":"at_least","value":1,"where":[{"field":"colour","op":"is","value":"red"}]},{"field":"points.balance","op":"at_least","value":1},{"foo":1},{"field":"segment","op":"is","value":"abc"}):
    q("POST","/segments/preview",{"rule":bad},show=500,idem=False)
TEA={"all":[{"field":"orders.count","op":"at_least","value":2,"window":{"days":90},"where":[{"field":"category","op":"is_any_of","value":["tea"]}]},{"field":"customer.region","op":"in_region","value":["310000","330100"]},{"not":{"field":"consent.marketing","op":"is","value":"withdrawn"}}]}
q("POST","/segments/preview",{"rule":TEA},idem=False)
q("POST","/segments/preview",{"rule":{"field":"orders.count","op":"at_least","value":2,"window":{"days":900}}},idem=False)
s=q("POST","/segments",{"code":"tea-sh","name":"Tea","rule":TEA})
sid=s["id"]
q("POST","/segments",{"code":"tea-sh","name":"Tea","rule":TEA})
q("POST","/segments",{"code":"x","name":"Tea"})
q("GET",f"/segments/{sid}/members")
q("GET",f"/segments/{sid}/history")
q("POST",f"/segments/{sid}/rollback")
job(q("POST",f"/segments/{sid}/publish"))
q("POST",f"/segments/{sid}/publish")
q("POST",f"/segments/{sid}/rollback")
from datetime import datetime,timedelta,timezone
def order(n,at,**k):
    b={"source":"shop","order_id":n,"status":"paid","currency":"CNY","placed_at":at.isoformat(),"paid_at":at.isoformat(),"identities":[{"kind":"phone","value":"+8613800139001"}],
     "lines":[{"line_id":"1","sku":"tea-01","name":"Tea","category":"tea","quantity":1,"unit_price":"50.00"}]}|k
    return q("POST","/orders",b,show=200)
now=datetime.now(timezone.utc)
o=order("L-1",now-timedelta(days=90)+timedelta(seconds=40)); a=o["customer_id"]
order("L-2",now-timedelta(minutes=1),totals={"tip":"3.00","total":"53.00"})
time.sleep(1.5)
q("GET",f"/segments/{sid}/members/{a}/explanation",show=2500)
q("GET",f"/segments/{sid}/members")
q("GET",f"/customers/{a}/segments")
for i in range(60):
    time.sleep(1)
    if not c.get(f"/segments/{sid}/members").json()["items"]: print("left after",i); break
q("GET",f"/customers/{a}/timeline?kind=segment",show=1500)
q("GET",f"/segments/{sid}/history",show=500)
s=c.get(f"/segments/{sid}")
q("PATCH",f"/segments/{sid}",{"rule":{"field":"orders.count","op":"at_least","value":1}},headers={"If-Match":s.headers["etag"]},show=300)
job(q("POST",f"/segments/{sid}/publish"))
q("GET",f"/segments/{sid}/history",show=500)
q("GET",f"/segments/{sid}/versions",show=1200)
q("GET",f"/segments/{sid}/portrait",show=1500)
job(q("POST",f"/segments/{sid}/rollback"))
q("GET",f"/segments/{sid}",show=800)
q("GET",f"/segments/{sid}/versions",show=1200)
q("GET",f"/segments/{sid}/members",show=300)
q("GET",f"/segments/{sid}/members/{uuid.uuid4()}/explanation")
q("PATCH",f"/segments/{sid}",{"rule":{"field":"segment","op":"is","value":sid}},headers={"If-Match":c.get(f"/segments/{sid}").headers["etag"]},show=500)
st=q("POST","/segments",{"code":"vips","name":"VIPs","kind":"static"})
q("PUT",f"/segments/{st['id']}/members/{a}")
q("PUT",f"/segments/{st['id']}/members/{uuid.uuid4()}")
q("PUT",f"/segments/{sid}/members/{a}")
q("POST",f"/segments/{st['id']}/members/batch",{"customer_ids":[a,str(uuid.uuid4())]},idem=False)
q("POST",f"/segments/{st['id']}/members/batch",{"customer_ids":[a],"action":"remove"},idem=False)
q("GET",f"/segments/{st['id']}/members/{a}/explanation")
q("POST",f"/segments/{st['id']}/publish")
q("DELETE",f"/segments/{st['id']}")
q("PUT",f"/segments/{st['id']}/members/{a}")
