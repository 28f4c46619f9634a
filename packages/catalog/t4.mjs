import Client from 'better-sqlite3'
const c=new Client('/tmp/c1/sub/x.sqlite')
const m=(n,f)=>{const t=performance.now(); const u=process.cpuUsage(); const r=f(); const v=process.cpuUsage(u); console.log(n,(performance.now()-t).toFixed(1), 'cpu', ((v.user+v.system)/1000).toFixed(1)); return r}
const J=s=>{try{return JSON.parse(s)}catch{return {}}}
const idx=r=>{const row={id:r[0],backend:r[1],container:r[9],backupDate:new Date(r[2]*1000),filename:r[3],storedFilename:r[7],status:r[10],lastUpdated:new Date(r[4]*1000),size:r[6],tags:r[8]===''?[]:r[8].split(' '),metadata:J(r[5]),sha256:r[11]??undefined,locator:r[12]??undefined,host:r[13]??undefined,pid:r[14]??undefined}
return row}
const q='select id,backend,backup_date,filename,last_updated,metadata,size,stored_filename,tags,container,status,sha256,locator,host,pid from backups order by backup_date desc, id desc'
const w=process.argv[2]
if(w==='arr'){ const rows=m('raw.all',()=>c.prepare(q).raw().all()); m('map idx',()=>rows.map(idx))}
if(w==='iter'){ m('iterate',()=>{const out=[]; for(const r of c.prepare(q).raw().iterate()) out.push(idx(r)); return out})}
if(w==='pieces'){ const rows=c.prepare(q).raw().all(); m('dates',()=>rows.map(r=>[new Date(r[2]*1000),new Date(r[4]*1000)])); m('tags',()=>rows.map(r=>r[8].split(' '))); m('json',()=>rows.map(r=>J(r[5]))); m('obj',()=>rows.map(r=>({id:r[0],backend:r[1],container:r[9],filename:r[3],storedFilename:r[7],status:r[10],size:r[6],sha256:r[11],locator:r[12],host:r[13],pid:r[14]})));
m('jsonall',()=>JSON.parse('['+rows.map(r=>r[5]).join(',')+']'))}
if(w==='jq'){const s=m('q',()=>c.prepare(`select json_group_array(json_array(id,backend,backup_date,filename,last_updated,metadata,size,stored_filename,tags,container,status,sha256,locator,host,pid)) j from (${q})`).pluck().get()); const r=m('parse',()=>JSON.parse(s)); m('map',()=>r.map(idx))}
