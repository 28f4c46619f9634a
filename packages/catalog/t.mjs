import {openCatalog} from '@bakthat/catalog'
import fs from 'node:fs'
import Client from 'better-sqlite3'
fs.rmSync('/tmp/c1',{recursive:true,force:true})
const t0=performance.now()
let c=openCatalog({path:'/tmp/c1/sub/x.sqlite'})
console.log('first open',performance.now()-t0)
const b={backend:'local',container:'/srv/b',backupDate:new Date(),filename:'photos',storedFilename:'photos.1.tgz',tags:['a','b'],metadata:{x:1},host:'h',pid:3}
const r=c.begin(b); console.log(r)
try{c.begin(b)}catch(e){console.log(e.code,e.message)}
console.log(c.complete(r.id,{size:5e12,sha256:'ab',locator:'loc',metadata:{y:[1]}}))
const raw=new Client('/tmp/c1/sub/x.sqlite')
const st=performance.now()
const ins=raw.transaction(()=>{const s=raw.prepare("insert into backups(backend,backend_hash,backup_date,filename,is_deleted,last_updated,metadata,size,stored_filename,tags,container,status,sha256,locator,host,pid) values ('local','h',?,?,0,1,?,12345,?,'daily web','/srv/b','complete',?,?, 'host', 3)")
for(let i=0;i<10000;i++) s.run(1.4e9+i,'name'+i%50,JSON.stringify({compression:'zstd',encryption:'recipients',entries:100,files:90,content_size:1e9,tar_size:1e9,incomplete:0,index:'x'}),`name${i%50}.${i}.tar.zst.age`,'a'.repeat(64),'loc'+i)})
ins(); raw.close(); console.log('insert',performance.now()-st)
c.close();c.close()
for(let i=0;i<4;i++){const t=performance.now(); const c=openCatalog({path:'/tmp/c1/sub/x.sqlite'}); const t1=performance.now(); const n=c.find().length; const t2=performance.now(); c.find({text:'NAME4',tags:['web']}); const t3=performance.now(); c.newest({filename:'name4'}); const t4=performance.now(); c.close(); console.log({n,open:t1-t,find:t2-t1,text:t3-t2,newest:t4-t3})}
