import Client from 'better-sqlite3'
import {drizzle} from 'drizzle-orm/better-sqlite3'
import {backups} from './dist/schema.js'
import {readRow} from './dist/rows.js'
const c=new Client('/tmp/c1/sub/x.sqlite'); const db=drizzle(c)
const m=(n,f)=>{const t=performance.now(); const r=f(); console.log(n,(performance.now()-t).toFixed(1)); return r}
const which=process.argv[2]
if(which==='raw'){ const rows=m('raw stmt all',()=>c.prepare('select * from backups order by backup_date desc').raw().all()); m('meta',()=>rows.map(r=>JSON.parse(r[7])))}
if(which==='obj') m('obj stmt all',()=>c.prepare('select * from backups order by backup_date desc').all())
if(which==='values') m('values',()=>db.select().from(backups).values())
if(which==='all') {const r=m('all',()=>db.select().from(backups).all()); m('readRow',()=>r.map(readRow))}
if(which==='arr') {m('json_group', ()=>c.prepare('select json_group_array(json_array(id,backend,filename,stored_filename,tags,metadata)) from backups').pluck().get().length)}
