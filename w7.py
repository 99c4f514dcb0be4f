from w import *
def up(name,data,kind,**k):
    t=time.time(); r=c.post("/imports",files={"file":(name,data)},data={"kind":kind}|k,headers={"Idempotency-Key":str(uuid.uuid4())}); print(f"UP {name} {r.status_code} {(time.time()-t)*1000:.0f}ms",r.text[:900]); return r.json()
rows="订单号;客户编号;下单时间;状态;币种;总价\n"+"".join(f"io-{i};g-{i};2026-11-0{1+i%9} 10:00;paid;CNY;1234.5{i%10}\n" for i in range(20))+"io-bad;g-1;2026-13-01;paid;CNY;5\nio-bad2;g-1;2026-11-01;paid;XXX;5\n"
i=up("o.csv",rows.encode(),"orders",source="shopx")
print({k:v for k,v in i["mapping"].items()}, i["missing"])
p=c.post(f"/imports/{i['id']}/preview").json(); print(p["outcomes"], json.dumps(p["rows"][0],ensure_ascii=False), json.dumps(p["rows"][-2:],ensure_ascii=False))
v=c.get(f"/imports/{i['id']}")
m=v.json()["mapping"]
j=q("POST",f"/imports/{i['id']}/run",show=600); job(j)
q("GET",f"/imports/{i['id']}",show=500)
q("GET",f"/imports/{i['id']}/rows?status=refused",show=1500)
q("GET",f"/imports/{i['id']}/rows?status=created&limit=1",show=500)
rj=q("GET","/rejections?limit=5",show=1500)
q("POST",f"/imports/{i['id']}/run",show=300)
q("POST",f"/imports/{i['id']}/resume",show=300)
o=c.get("/orders/shopx:io-0").json(); print(o.get("totals"))
if rj["items"]:
    r0=rj["items"][0]; d=q("GET",f"/rejections/{r0['id']}",show=1500)
    body=d["body"] if "body" in d else None
    q("POST",f"/rejections/{r0['id']}/resubmit",{"body":body},show=700)
    if body:
        q("POST",f"/rejections/{r0['id']}/resubmit",{"body":{**body,"currency":"CNY","placed_at":"2026-11-02T00:00:00Z"}},show=700)
    q("POST",f"/rejections/{r0['id']}/discard",show=400)
    r1=rj["items"][-1]; q("POST",f"/rejections/{r1['id']}/discard",show=400); q("POST",f"/rejections/{r1['id']}/discard",show=400)
