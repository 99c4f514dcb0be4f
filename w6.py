from w import *
import io
def up(name,data,kind,**k):
    t=time.time(); r=c.post("/imports",files={"file":(name,data)},data={"kind":kind}|k,headers={"Idempotency-Key":str(uuid.uuid4())}); print(f"UP {name} {r.status_code} {(time.time()-t)*1000:.0f}ms",r.text[:1200]); return r.json()
if __name__=="__main__":
  pass
rows="客户编号;姓名;手机;城市;生日;等级\n"+"".join(f"g-{i};客户{i};1380013{i:04d};上海;1990-01-0{1+i%9};金\n" for i in range(20))+"g-x;坏;12;上海;1990-13-01;金\n"
i=up("客户.csv",rows.encode("gb18030"),"customers")
if "id" in i:
    q("GET",f"/imports/{i['id']}",show=2500)
    p=q("POST",f"/imports/{i['id']}/preview",idem=False,show=2000)
    x=c.get(f"/imports/{i['id']}").json()
    q("PUT",f"/imports/{i['id']}/mapping",{"columns":{"nope":"name"}},show=600)
    q("PUT",f"/imports/{i['id']}/mapping",{"columns":{"姓名":"nonsense"}},show=600)
    j=q("POST",f"/imports/{i['id']}/run",show=600)
    if "id" in j: job(j)
    q("POST",f"/imports/{i['id']}/run",show=400)
    q("POST",f"/imports/{i['id']}/resume",show=400)
    q("GET",f"/imports/{i['id']}/rows?status=refused",show=1500)
up("x.csv",b"",'customers'); up("x.csv",b"\x00\x01\x02\xff\xfe","customers"); up("x.csv",b"a,b\n1,2\n","cats"); up("x.csv",b"a,a\n1,2\n","customers"); up("x.xlsx",b"PK\x03\x04aaaa","customers")
up("x.jsonl",b'{"source":"crm"\n{"a":1}\n',"customers")
q("GET","/imports?kind=customers",show=600)
q("GET","/rejections?limit=2",show=900)
