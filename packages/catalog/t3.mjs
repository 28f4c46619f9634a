import Client from 'better-sqlite3'
import {drizzle} from 'drizzle-orm/better-sqlite3'
import {sql,getTableColumns,desc} from 'drizzle-orm'
import {backups} from './dist/schema.js'
const c=new Client('/tmp/c1/sub/x.sqlite'); const db=drizzle(c)
const m=(n,f)=>{const t=performance.now(); const u=process.cpuUsage(); const r=f(); const v=process.cpuUsage(u); console.log(n,(performance.now()-t).toFixed(1), 'cpu', ((v.user+v.system)/1000).toFixed(1)); return r}
const {backendHash,isDeleted,...cols}=getTableColumns(backups)
const make=([id,backend,backupDate,filename,lastUpdated,metadata,size,storedFilename,tags,container,status,sha256,locator,host,pid])=>{
 const row={id,backend,container,backupDate:new Date(backupDate*1000),filename,storedFilename,status,lastUpdated:new Date(lastUpdated*1000),size,tags:tags===''?[]:tags.split(' '),metadata:typeof metadata==='string'?JSON.parse(metadata):metadata}
 if(sha256!==null) row.sha256=sha256; if(locator!==null) row.locator=locator; if(host!==null) row.host=host; if(pid!==null) row.pid=pid
 return row}
if(process.argv[2]==='v') {const rows=m('values15',()=>db.select(cols).from(backups).orderBy(desc(backups.backupDate),desc(backups.id)).values())
 m('map',()=>rows.map(make))}
else if(process.argv[2]==='w'){ const rows=m('values short',()=>db.select({id:backups.id,a:sql`json_array(backend,backup_date)`}).from(backups).orderBy(desc(backups.backupDate),desc(backups.id)).values()) 
 }
else { const rows=m('json',()=>db.get(sql`select json_group_array(json_array(id,backend,backup_date,filename,last_updated,CASE WHEN json_valid(metadata) THEN json(metadata) ELSE metadata END,size,stored_filename,tags,container,status,sha256,locator,host,pid)) j from (select * from backups order by backup_date desc, id desc)`).j);const r=m('parse',()=>JSON.parse(rows)); m('map',()=>r.map(make))}
