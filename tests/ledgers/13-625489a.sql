PRAGMA user_version=13;
BEGIN TRANSACTION;
CREATE TABLE arrivals (
    division INTEGER NOT NULL,
    kind TEXT NOT NULL,
    by_webhook INTEGER NOT NULL DEFAULT 0,
    by_poll INTEGER NOT NULL DEFAULT 0,
    last_webhook REAL,
    polled_since INTEGER NOT NULL DEFAULT 0, idle INTEGER NOT NULL DEFAULT 0, idle_since REAL NOT NULL DEFAULT 0,
    PRIMARY KEY (division, kind)
) STRICT;
INSERT INTO "arrivals" VALUES(123456,'purchase_entry',1,0,1.79500004433299565316e+09,0,0,0.0);
CREATE TABLE breakers (
    division INTEGER NOT NULL,
    endpoint TEXT NOT NULL,
    failures INTEGER NOT NULL,
    until REAL NOT NULL,
    sentence TEXT NOT NULL,
    PRIMARY KEY (division, endpoint)
) STRICT;
CREATE TABLE calls (
    division INTEGER NOT NULL,
    day TEXT NOT NULL,
    calls INTEGER NOT NULL,
    remaining INTEGER,
    PRIMARY KEY (division, day)
) STRICT;
CREATE TABLE channels (
    name TEXT PRIMARY KEY,
    id TEXT NOT NULL DEFAULT '',
    parked TEXT NOT NULL DEFAULT '',
    checked_at REAL NOT NULL DEFAULT 0
, found_ts TEXT NOT NULL DEFAULT '') STRICT;
INSERT INTO "channels" VALUES('#feed','C0FEED','',0.0,'');
INSERT INTO "channels" VALUES('#sales','C0SALES','',0.0,'');
INSERT INTO "channels" VALUES('#alerts','','',0.0,'');
CREATE TABLE collected (
    digest INTEGER NOT NULL REFERENCES digests (id) ON DELETE CASCADE,
    subject INTEGER NOT NULL REFERENCES documents (id),
    line TEXT NOT NULL DEFAULT '',  -- of a closed one: the document as it was then, as JSON
    PRIMARY KEY (digest, subject)
) STRICT, WITHOUT ROWID;
INSERT INTO "collected" VALUES(1,33,'{"part": "counted", "kind": "sales_invoice", "key": "22222222-2222-2222-2222-000000000033", "division": 123456, "number": "26700033", "credit": false, "account_code": "400012", "account": "Van Dijk", "date": "2026-11-20", "reference": "VD-33", "description": "Packaging", "status": "open", "currency": "EUR", "amount": "100.00", "size": "100.00", "company_currency": "EUR", "shares": [], "exceptions": [], "known": true}');
INSERT INTO "collected" VALUES(1,34,'{"part": "counted", "kind": "sales_invoice", "key": "22222222-2222-2222-2222-000000000034", "division": 123456, "number": "26700034", "credit": false, "account_code": "400012", "account": "Van Dijk", "date": "2026-11-20", "reference": "VD-34", "description": "Packaging", "status": "open", "currency": "EUR", "amount": "100.00", "size": "100.00", "company_currency": "EUR", "shares": [], "exceptions": [], "known": true}');
INSERT INTO "collected" VALUES(2,35,'');
CREATE TABLE cursors (
    division INTEGER NOT NULL,
    kind TEXT NOT NULL,
    newest INTEGER NOT NULL,        -- highest Modified seen, ms of Exact's wall clock
    floor INTEGER NOT NULL,         -- above it every document is in the ledger
    deep_at REAL NOT NULL DEFAULT 0,
    read_at REAL NOT NULL,
    PRIMARY KEY (division, kind)
) STRICT;
CREATE TABLE deletions (
    division INTEGER PRIMARY KEY,
    timestamp INTEGER NOT NULL,
    read_at REAL NOT NULL
) STRICT;
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,       -- opaque; in the message's metadata, to find it again
    document INTEGER REFERENCES documents (id),
    subject INTEGER REFERENCES documents (id),
    head INTEGER REFERENCES deliveries (id),
    action TEXT NOT NULL,
    route TEXT NOT NULL,
    channel TEXT NOT NULL,          -- as the config names it
    channel_id TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    plain INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    reasons TEXT NOT NULL DEFAULT '', -- heads: the exceptions for which the route took it
    before TEXT NOT NULL DEFAULT '',  -- replies: the state that the readers know
    ts TEXT NOT NULL DEFAULT '',
    after_ts TEXT NOT NULL DEFAULT '',  -- our latest message there when this one was claimed
    not_before REAL NOT NULL DEFAULT 0,
    hold_until REAL NOT NULL DEFAULT 0, -- it waits on purpose (quiet hours, a silence)
    hold_why TEXT NOT NULL DEFAULT '',
    owner TEXT NOT NULL DEFAULT '',
    run INTEGER,
    created_at REAL NOT NULL,
    sending_at REAL,
    done_at REAL
, ended_at REAL NOT NULL DEFAULT 0, looks INTEGER NOT NULL DEFAULT 0, urgency INTEGER NOT NULL DEFAULT 0, shown TEXT NOT NULL DEFAULT '', loose TEXT NOT NULL DEFAULT '', loose_channel TEXT NOT NULL DEFAULT '') STRICT;
INSERT INTO "deliveries" VALUES(1,'0e9fe646e0afe659b6ecfaeb830a391b',1,1,NULL,'head','feed','#feed','C0FEED','posted','',0,1,'','','1795000000.000001','',0.0,0.0,'','',1,1795000000.0,1795000000.0,1795000000.0,0.0,0,0,'imprint','','');
INSERT INTO "deliveries" VALUES(2,'a1b3ac4368e43a07441cb76f5c5dafeb',2,2,NULL,'head','feed','#feed','C0FEED','posted','',0,1,'','','1795000001.000002','1795000000.000001',0.0,0.0,'','',1,1795000000.0,1795000001.031,1795000001.031,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(3,'7e7dd4e813d0e1bd0df26b78158484c2',2,NULL,2,'state','feed','#feed','C0FEED','failed','msg_too_long: too long',0,1,'','{}','','1795000001.000002',0.0,0.0,'','',1,1795000001.031,1.79500000206199979788e+09,1.79500000206199979788e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(4,'b9ccac9c263567b82ef83b1afb878548',3,3,NULL,'head','feed','#feed','C0FEED','posted','',0,1,'','','1795000003.000003','1795000001.000002',0.0,0.0,'','',1,1795000000.0,1.79500000309299969671e+09,1.79500000309299969671e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(5,'9b6f4e127b2a4952e89202c19e1c68b8',3,NULL,4,'state','feed','#feed','C0FEED','failed','cannot be rendered (KeyError)',0,1,'','{}','','1795000003.000003',0.0,0.0,'','',1,1.79500000309299969671e+09,1.79500000412399959566e+09,1.79500000412399959566e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(6,'83dd7af3b61c1a9e6e91c2b8c629d4da',4,4,NULL,'head','feed','#feed','C0FEED','posted','',0,1,'','','1795000005.000004','1795000003.000003',0.0,0.0,'','',1,1795000000.0,1.79500000515499949452e+09,1.79500000515499949452e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(7,'63ecc881af4b4c7ad8b95751654bed74',4,NULL,6,'state','feed','#feed','C0FEED','held','unknown outcome (TypeError)',0,1,'','{}','','1795000005.000004',0.0,0.0,'','',1,1.79500000515499949452e+09,1.79500000618599939343e+09,NULL,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(8,'287ee7b5d65f3e3992124bf7b8120836',5,5,NULL,'head','feed','#feed','C0FEED','posted','',0,1,'','','1795000007.000005','1795000005.000004',0.0,0.0,'','',1,1795000000.0,1.79500000721699929243e+09,1.79500000721699929243e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(9,'7085590a1d7abda969199e51f4c7a1af',5,NULL,8,'state','feed','#feed','C0FEED','held','unknown outcome: this ledger is not the first',0,1,'','{}','','1795000007.000005',0.0,0.0,'','',1,1.79500000721699929243e+09,1.79500000824799919125e+09,NULL,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(10,'dd1cde7ab12b7c70db7a12569bd32556',6,6,NULL,'head','feed','#feed','C0FEED','posted','',0,1,'','','1795000009.000006','1795000007.000005',0.0,0.0,'','',1,1795000000.0,1.7950000092789990902e+09,1.7950000092789990902e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(11,'9f98c9496e65b38130008e666be23db0',6,NULL,10,'state','feed','#feed','C0FEED','held','unknown outcome, and no look-up is possible (not_in_channel)',0,1,'','{}','','1795000009.000006',0.0,0.0,'','',1,1.7950000092789990902e+09,1.79500001030999898907e+09,NULL,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(12,'910f719688404f1820e372184241b27c',7,7,NULL,'head','feed','#feed','C0FEED','posted','',0,1,'','','1795000011.000007','1795000009.000006',0.0,0.0,'','',1,1795000000.0,1.79500001134099888798e+09,1.79500001134099888798e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(13,'b5afb41dd2dd7528697e173724532767',7,NULL,12,'state','feed','#feed','C0FEED','held','unknown outcome, and no look-up is possible (its history does not show what stands there)',0,1,'','{}','','1795000011.000007',0.0,0.0,'','',1,1.79500001134099888798e+09,1.79500001237199878698e+09,NULL,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(14,'dba9ae41accc9e63d83f50e6f1261e9a',8,8,NULL,'head','feed','#feed','C0FEED','posted','',0,1,'','','1795000013.000008','1795000011.000007',0.0,0.0,'','',1,1795000000.0,1.7950000134029986858e+09,1.7950000134029986858e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(15,'38c4981b53aa0493ff660f01605f1954',8,NULL,14,'state','feed','#feed','C0FEED','held','unknown outcome (HTTP 502)',0,1,'','{}','','1795000013.000008',0.0,0.0,'','',1,1.7950000134029986858e+09,1.79500001443399858475e+09,NULL,1.79500001443399858475e+09,0,0,'','','');
INSERT INTO "deliveries" VALUES(16,'a05df3ac67538ffae5109ac961b862d9',9,9,NULL,'head','feed','#feed','C0FEED','posted','',0,1,'','','1795000015.000009','1795000013.000008',0.0,0.0,'','',1,1795000000.0,1.7950000154649984837e+09,1.7950000154649984837e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(17,'be8ee2fb701257328d094cd695138714',9,NULL,16,'state','feed','#feed','C0FEED','ambiguous','TimeoutError',0,1,'','{}','','1795000015.000009',1.7950000214959983825e+09,0.0,'','old-host:1:1',1,1.7950000154649984837e+09,1.79500001649599838253e+09,NULL,1.79500001649599838253e+09,0,0,'','','');
INSERT INTO "deliveries" VALUES(18,'f80fd8fc16543cdb4ac50de9689fb470',10,10,NULL,'head','feed','#feed','C0FEED','posted','',0,1,'','','1795000017.000010','1795000015.000009',0.0,0.0,'','',1,1795000000.0,1.79500001752699828152e+09,1.79500001752699828152e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(19,'52831308bef4a39514ba6dbe960028ec',10,NULL,18,'state','feed','#feed','C0FEED','posted','',0,2,'','{}','1795000019.000011','1795000017.000010',0.0,0.0,'','',1,1.79500001752699828152e+09,1.7950000195889980793e+09,1.7950000195889980793e+09,1.79500001855799818034e+09,0,0,'','','');
INSERT INTO "deliveries" VALUES(20,'127d56e3fbf1cd85da7efbe4f6f8f522',11,11,NULL,'head','feed','#feed','C0FEED','posted','',0,1,'','','1795000020.000012','1795000019.000011',0.0,0.0,'','',1,1795000000.0,1.79500002061999797825e+09,1.79500002061999797825e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(21,'058fc1948f41c08733bf0db2ee1c97e7',11,NULL,20,'state','feed','#feed','C0FEED','superseded','nothing left to say',0,1,'','{}','','1795000020.000012',0.0,0.0,'','',1,1.79500002061999797825e+09,1.79500002165099787707e+09,1.79500002165099787707e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(22,'75baf015f87f320b77011ec74321ddad',12,12,NULL,'head','feed','#feed','C0FEED','posted','',0,1,'','','1795000022.000013','1795000020.000012',0.0,0.0,'','',1,1795000000.0,1.79500002268199777607e+09,1.79500002268199777607e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(23,'ab715d43edacc02f6868c4e9aad49f31',12,NULL,22,'edit','feed','#feed','C0FEED','superseded','the head shows it already',0,1,'','{}','','1795000022.000013',0.0,0.0,'','',1,1.79500002268199777607e+09,1.79500002268199777607e+09,1.79500002268199777607e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(24,'6e95ca9fd89578daea96ffb49f64653a',13,13,NULL,'head','feed','#feed','C0FEED','posted','',0,1,'','','1795000023.000014','1795000022.000013',0.0,0.0,'','',1,1795000000.0,1.79500002371299767489e+09,1.79500002371299767489e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(25,'6cee7e329db037fe83e53ddab4684fa1',13,NULL,24,'edit','feed','#feed','C0FEED','superseded','message_not_found',0,1,'','{}','','1795000023.000014',0.0,0.0,'','',1,1.79500002371299767489e+09,1.79500002388299775119e+09,1.79500002388299775119e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(26,'f9f959317e78d38c6fa9cc01eeb80b64',14,14,NULL,'head','feed','#feed','C0FEED','posted','',0,1,'','','1795000024.000015','1795000023.000014',0.0,0.0,'','',1,1795000000.0,1.79500002474399757384e+09,1.79500002474399757384e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(27,'74957922ce16b2b12c165885a4e65dde',14,NULL,26,'state','feed','#feed','C0FEED','posted','as plain text, Slack refused: invalid_blocks: no',1,2,'','{}','1795000026.000016','1795000024.000015',0.0,0.0,'','',1,1.79500002474399757384e+09,1.79500002680599737162e+09,1.79500002680599737162e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(28,'51f7ff90296e44c3e183732f0ae35760',15,15,NULL,'head','feed','#feed','C0FEED','posted','',0,1,'','','1795000027.000017','1795000026.000016',0.0,0.0,'','',1,1795000000.0,1.79500002783699727062e+09,1.79500002783699727062e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(29,'fdaf0eb8b29af57c41b95102a3e25c03',15,NULL,28,'state','feed','#feed','C0FEED','posted','it stands in the channel, outside its thread (cant_delete_message)',0,1,'','{}','1795000000.000999','1795000027.000017',0.0,0.0,'','',1,1.79500002783699727062e+09,1.79500002886799716944e+09,1.79500002886799716944e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(30,'d9f8159dfd66d5b861627729dc1b617a',16,16,NULL,'head','feed','#feed','C0FEED','superseded','deleted in Slack',0,1,'','','1795000029.000018','1795000027.000017',0.0,0.0,'','',1,1795000000.0,1.79500002989899706839e+09,1.79500002989899706839e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(31,'fb386f0c60131d628102a534e680769e',16,16,NULL,'head','feed','#feed','C0FEED','posted','',0,1,'','','1795000030.000019','1795000029.000018',0.0,0.0,'','',NULL,1.79500002989899706839e+09,1.79500003092999696734e+09,1.79500003092999696734e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(32,'369e6388f680cf3c7414df2acd51e39e',17,17,NULL,'head','feed','#feed','C0FEED','superseded','its channel was replaced',0,1,'','','1795000031.000020','1795000030.000019',0.0,0.0,'','',1,1795000000.0,1.79500003196099686617e+09,1.79500003196099686617e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(33,'4449ed43be7dd950cb6213a1d7910170',17,17,NULL,'head','feed','#feed','C0FEED','posted','',0,1,'','','1795000032.000021','1795000031.000020',0.0,0.0,'','',NULL,1.79500003196099686617e+09,1.79500003299199676516e+09,1.79500003299199676516e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(34,'b305a028e5d455e6ac7db41f48402e4c',18,18,NULL,'head','feed','#feed','C0FEED','posted','',0,1,'','','1795000034.000022','1795000032.000021',0.0,0.0,'','',1,1795000000.0,1.79500003402299666407e+09,1.79500003402299666407e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(35,'22902276501a678bee62ead555201a94',18,NULL,34,'file','feed','#feed','C0FEED','held','the Slack app lacks the scope files:write',0,1,'','','','1795000034.000022',0.0,0.0,'','',NULL,1.79500003402299666407e+09,1.79500003505399656294e+09,NULL,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(36,'252175e4a201fa8b9f1a9d1e75275278',19,19,NULL,'head','feed','#feed','C0FEED','posted','',0,1,'','','1795000036.000023','1795000034.000022',0.0,0.0,'','',1,1795000000.0,1.79500003608499646189e+09,1.79500003608499646189e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(37,'1e7fe69e6ac8f601da21d9ab7726651f',19,NULL,36,'file','feed','#feed','C0FEED','pending','Exact does not give out the file now',0,1,'','','','1795000036.000023',0.0,1.79500009711599636079e+09,'Exact does not give out the file now','',NULL,1.79500003608499646189e+09,1.79500003711599636071e+09,NULL,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(38,'0789640302fb6c0d4eb46f8d9059753c',20,20,NULL,'head','feed','#feed','C0FEED','posted','',0,1,'','','1795000038.000024','1795000036.000023',0.0,0.0,'','',1,1795000000.0,1.79500003814699625971e+09,1.79500003814699625971e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(39,'abae258bfc66f74ba8a923a5a473a303',20,NULL,38,'file','feed','#feed','C0FEED','ambiguous','Slack took the file; it is not seen in the thread yet',0,1,'','','','1795000038.000024',1.79500004117799615856e+09,0.0,'','old-host:1:1',NULL,1.79500003814699625971e+09,1.79500003917799615862e+09,NULL,1.79500003917799615862e+09,0,0,'','','');
INSERT INTO "deliveries" VALUES(40,'e1ff9827283dd78a79b43aaeb1bd7dd6',21,21,NULL,'head','feed','#feed','C0FEED','posted','',0,1,'','','1795000040.000025','1795000038.000024',0.0,0.0,'','',1,1795000000.0,1.79500004020899605748e+09,1.79500004020899605748e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(41,'34bd66ed640d40fe247f6feb3cac7dd1',21,NULL,40,'file','feed','#feed','C0FEED','pending','file_update_failed',0,1,'','','','1795000040.000025',0.0,1.79503004123999595643e+09,'quiet hours','',NULL,1.79500004020899605748e+09,1.79500004123999595644e+09,NULL,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(42,'1d94813998fbbe6ce4dce34a5266d634',22,22,NULL,'head','feed','#feed','C0FEED','failed','no_text',0,1,'','','','1795000040.000025',0.0,0.0,'','',1,1795000000.0,1.79500004227099585526e+09,1.79500004227099585526e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(43,'6e864764259f3eb2a5456e782fed2201',22,NULL,42,'state','feed','#feed','','held','its head message is not posted',0,0,'','','','',0.0,0.0,'','',1,1.79500004227099585526e+09,NULL,NULL,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(44,'457940062fc8722d876dfe0b9440f11e',23,23,NULL,'head','feed','#feed','C0FEED','held','unknown outcome (ValueError)',0,1,'','','','1795000040.000025',0.0,0.0,'','',1,1795000000.0,1.79500004330199575425e+09,NULL,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(45,'8523dd0a345caa4bceadefdc230caaf8',23,NULL,44,'changed','feed','#feed','','held','its head message is not posted',0,0,'','{}','','',0.0,0.0,'','',NULL,1.79500004227099585526e+09,NULL,NULL,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(46,'300f8f944cc01ca1c5545b591365b42e',24,24,NULL,'head','feed','#feed','','held','flood (told)',0,0,'','','','',0.0,0.0,'','',1,1795000000.0,NULL,NULL,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(47,'cc347d16513b98f5ebddae0e56241b22',25,25,NULL,'head','feed','#feed','','held','flood (told)',0,0,'','','','',0.0,0.0,'','',1,1795000000.0,NULL,NULL,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(48,'59865078053a0e413b1f085547af4298',NULL,NULL,NULL,'notice','flood guard','#feed','C0FEED','posted','',0,1,'','2','1795000044.000026','1795000040.000025',0.0,0.0,'','',1,1.79500004330199575425e+09,1.79500004433299565316e+09,1.79500004433299565316e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(49,'919283bc6f86136f1f440ad664743a9e',26,26,NULL,'head','feed','#feed','','held','flood',0,0,'','','','',0.0,0.0,'','',1,1795000000.0,NULL,NULL,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(50,'ad4e5efd8c0718053df3bfdd714a0fdc',27,27,NULL,'head','feed','#feed','','held','flood',0,0,'','','','',0.0,0.0,'','',1,1795000000.0,NULL,NULL,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(51,'198678904d323bf31e0e4636b35fa6b3',28,28,NULL,'head','feed','#feed','C0FEED','posted','',0,1,'','','1795000045.000027','1795000044.000026',0.0,0.0,'','',1,1795000000.0,1.79500004536399555203e+09,1.79500004536399555203e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(52,'577b7c7a491f603eb6656d0b31ee1240',28,NULL,51,'state','feed','#feed','C0FEED','refused','invalid_blocks',1,1,'','{}','','1795000045.000027',0.0,1.795040046394995451e+09,'silenced: migration','',1,1.79500004536399555203e+09,1.79500004639499545098e+09,NULL,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(53,'3e5741803e7925773f1f71a720caa58c',29,29,NULL,'head','feed','#feed','C0FEED','posted','',0,1,'','','1795000047.000028','1795000045.000027',0.0,0.0,'','',1,1795000000.0,1.7950000474259953498e+09,1.7950000474259953498e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(54,'134c2ab87f230cf068701270ba72c5ca',29,NULL,53,'state','feed','#feed','C0FEED','limited','ratelimited',0,1,'','{}','','1795000047.000028',1.79500005139499545095e+09,0.0,'','',1,1.7950000474259953498e+09,1.7950000484569952488e+09,NULL,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(55,'0c116e6dc5c8ace2f820f3c6d4711a9d',30,30,NULL,'head','feed','#feed','','pending','',0,0,'','','','',0.0,1.79504004845699524878e+09,'quiet hours','',1,1795000000.0,NULL,NULL,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(56,'5f3aeff52e43d13b3906247c816c99b6',31,31,NULL,'head','feed','#feed','C0FEED','posted','',0,1,'','','1795000049.000029','1795000047.000028',0.0,0.0,'','',1,1795000000.0,1.79500004948799514771e+09,1.79500004948799514771e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(57,'0998731bfaa1065dbb9c6be03109d83d',31,NULL,56,'state','feed','#feed','C0FEED','sending','',0,1,'','{}','','1795000049.000029',0.0,0.0,'','old-host:1:1',1,1.79500004948799514771e+09,1.79500005051899504658e+09,NULL,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(58,'3b47890167a2696d4d8c34d66e665fc3',1,NULL,NULL,'edit','feed','#feed','','superseded','its channel has this head already',0,0,'','','','',0.0,0.0,'','',NULL,1.79500005051899504658e+09,NULL,1.79500005051899504658e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(59,'d040bc06b16fe0e52a100bad44cc97f7',1,NULL,NULL,'edit','feed','#feed','','superseded','its channel is no longer in the config',0,0,'','','','',0.0,0.0,'','',NULL,1.79500005051899504658e+09,NULL,1.79500005051899504658e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(60,'64eb49cf45f4d7eb84c2d2641313aeb2',1,NULL,NULL,'edit','feed','#feed','','superseded','told together with an earlier change',0,0,'','','','',0.0,0.0,'','',NULL,1.79500005051899504658e+09,NULL,1.79500005051899504658e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(61,'58fea1a883c106f79859d2f9c6f55a29',1,NULL,NULL,'edit','feed','#feed','','superseded','changed back before it was told',0,0,'','','','',0.0,0.0,'','',NULL,1.79500005051899504658e+09,NULL,1.79500005051899504658e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(62,'176071c242d04196131c6ae8e6f460f9',1,NULL,NULL,'edit','feed','#feed','','superseded','no longer paid before it was told',0,0,'','','','',0.0,0.0,'','',NULL,1.79500005051899504658e+09,NULL,1.79500005051899504658e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(63,'3f69fe4c3bc37dfd348f9a3d448b89b0',1,NULL,NULL,'edit','feed','#feed','','superseded','the new head shows it',0,0,'','','','',0.0,0.0,'','',NULL,1.79500005051899504658e+09,NULL,1.79500005051899504658e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(64,'6b6df6073f1e6a5e507956ffae3334d8',1,NULL,NULL,'edit','feed','#feed','','superseded','the head shows it',0,0,'','','','',0.0,0.0,'','',NULL,1.79500005051899504658e+09,NULL,1.79500005051899504658e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(65,'bac70c5579e064e03e6f4fe72c930d58',1,NULL,NULL,'deleted','feed','#feed','','held','',0,0,'','','','',0.0,0.0,'','',NULL,1.79500005051899504658e+09,NULL,NULL,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(66,'9864867dd36ee53718ab64ac31e1ee4e',32,32,NULL,'head','feed','#feed','C0FEED','posted','',0,1,'','','1795000051.000030','1795000049.000029',0.0,0.0,'','',1,1795000000.0,1.79500005154999494553e+09,1.79500005154999494553e+09,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(67,'bcda56d173f3d35e6fefa40a5db36185',32,NULL,66,'state','feed','#feed','C0FEED','pending','it stood loose in the channel, its thread was gone',0,1,'','{}','','1795000051.000030',0.0,1.79504005258099484446e+09,'silenced: moving house (again)','',1,1.79500005154999494553e+09,1.79500005258099484448e+09,NULL,0.0,0,0,'','1795000000.000998','C0FEED');
INSERT INTO "deliveries" VALUES(68,'82630f3d459b686087a34d0fa70d33e3',NULL,NULL,NULL,'digest','sales','#sales','','pending','',0,0,'','1','','',0.0,0.0,'','',NULL,1.79845605258099484448e+09,NULL,NULL,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(69,'1bf0d8cfc0afda13a05593a34349b663',NULL,NULL,68,'file','sales','#sales','','pending','',0,0,'','','','',0.0,0.0,'','',NULL,1.79845605258099484448e+09,NULL,NULL,0.0,0,0,'','','');
INSERT INTO "deliveries" VALUES(70,'a009b78fe8c759a285c151dd32002152',NULL,NULL,NULL,'alert','alerts','#alerts','','pending','',0,0,'','exact-slack needs a person','','',0.0,0.0,'','',NULL,1.79500005258099484448e+09,NULL,NULL,0.0,0,0,'','','');
CREATE TABLE digests (              -- one that collects has no delivery yet
    id INTEGER PRIMARY KEY,
    route TEXT NOT NULL,
    since REAL NOT NULL,
    due_at REAL NOT NULL DEFAULT 0, -- of a closed one: the time for which it was made
    closed_at REAL,
    held TEXT NOT NULL DEFAULT ''   -- of a closed one: what is not in it, as JSON
) STRICT;
INSERT INTO "digests" VALUES(1,'sales',1795000000.0,1796112000.0,1.79845605258099484448e+09,'{"every": "month", "silenced": {}, "waiting": 17}');
INSERT INTO "digests" VALUES(2,'sales',1.79845605258099484448e+09,0.0,NULL,'');
CREATE TABLE divisions (
    code INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    allowed INTEGER NOT NULL,
    checked_at REAL NOT NULL
) STRICT;
CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    division INTEGER NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    number TEXT NOT NULL,
    account TEXT NOT NULL,          -- Exact's id of the relation
    reference TEXT NOT NULL,
    file TEXT NOT NULL,             -- Exact's id of the attached document
    settles TEXT NOT NULL,          -- payment terms: key of the entry they belong to
    modified INTEGER NOT NULL,      -- ms of Exact's wall clock
    fingerprint TEXT NOT NULL,
    version INTEGER NOT NULL,       -- counts visible changes
    data TEXT NOT NULL,             -- the latest state
    subject INTEGER REFERENCES documents (id),  -- an entry made from an invoice: the invoice
    deleted_at REAL,
    first_seen REAL NOT NULL,
    changed_at REAL NOT NULL,
    read_at REAL NOT NULL DEFAULT 0, saved INTEGER NOT NULL DEFAULT 0, -- when this state was asked for
    UNIQUE (division, kind, key)
) STRICT;
INSERT INTO "documents" VALUES(1,123456,'purchase_entry','11111111-1111-1111-1111-111111111111','26700001','b5a4d4a2-0000-4000-8000-000000000001','VD-1','','',1795000000001,'f747b7428203f1ea42ac57ebc65309b7',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"11111111-1111-1111-1111-111111111111"},"modified":1795000000001,"created":1795000000000,"number":"26700001","status_code":20,"date":"2026-11-20","reference":"VD-1","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,1);
INSERT INTO "documents" VALUES(2,123456,'purchase_entry','22222222-2222-2222-2222-000000000002','26700002','b5a4d4a2-0000-4000-8000-000000000001','VD-2','','',1795000000002,'5dd69c2100454a1626946ae9037ebb65',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000002"},"modified":1795000000002,"created":1795000000000,"number":"26700002","status_code":20,"date":"2026-11-20","reference":"VD-2","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,2);
INSERT INTO "documents" VALUES(3,123456,'purchase_entry','22222222-2222-2222-2222-000000000003','26700003','b5a4d4a2-0000-4000-8000-000000000001','VD-3','','',1795000000003,'c6370eec1e50f4555468f52f22b365f6',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000003"},"modified":1795000000003,"created":1795000000000,"number":"26700003","status_code":20,"date":"2026-11-20","reference":"VD-3","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,3);
INSERT INTO "documents" VALUES(4,123456,'purchase_entry','22222222-2222-2222-2222-000000000004','26700004','b5a4d4a2-0000-4000-8000-000000000001','VD-4','','',1795000000004,'0ecc0abb44d4bf21d8d3f1effda72774',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000004"},"modified":1795000000004,"created":1795000000000,"number":"26700004","status_code":20,"date":"2026-11-20","reference":"VD-4","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,4);
INSERT INTO "documents" VALUES(5,123456,'purchase_entry','22222222-2222-2222-2222-000000000005','26700005','b5a4d4a2-0000-4000-8000-000000000001','VD-5','','',1795000000005,'e3f0f7fb05e9f1dae2cd83ab4eafc6b3',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000005"},"modified":1795000000005,"created":1795000000000,"number":"26700005","status_code":20,"date":"2026-11-20","reference":"VD-5","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,5);
INSERT INTO "documents" VALUES(6,123456,'purchase_entry','22222222-2222-2222-2222-000000000006','26700006','b5a4d4a2-0000-4000-8000-000000000001','VD-6','','',1795000000006,'cdc903d83b017693a6dac03b6a3d2d51',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000006"},"modified":1795000000006,"created":1795000000000,"number":"26700006","status_code":20,"date":"2026-11-20","reference":"VD-6","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,6);
INSERT INTO "documents" VALUES(7,123456,'purchase_entry','22222222-2222-2222-2222-000000000007','26700007','b5a4d4a2-0000-4000-8000-000000000001','VD-7','','',1795000000007,'6baacea93379113c611c7eb034c77e9f',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000007"},"modified":1795000000007,"created":1795000000000,"number":"26700007","status_code":20,"date":"2026-11-20","reference":"VD-7","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,7);
INSERT INTO "documents" VALUES(8,123456,'purchase_entry','22222222-2222-2222-2222-000000000008','26700008','b5a4d4a2-0000-4000-8000-000000000001','VD-8','','',1795000000008,'24211a156a10378de75860c9a990dc6f',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000008"},"modified":1795000000008,"created":1795000000000,"number":"26700008","status_code":20,"date":"2026-11-20","reference":"VD-8","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,8);
INSERT INTO "documents" VALUES(9,123456,'purchase_entry','22222222-2222-2222-2222-000000000009','26700009','b5a4d4a2-0000-4000-8000-000000000001','VD-9','','',1795000000009,'f5f30121d6918b8317607fcfae990f1b',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000009"},"modified":1795000000009,"created":1795000000000,"number":"26700009","status_code":20,"date":"2026-11-20","reference":"VD-9","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,9);
INSERT INTO "documents" VALUES(10,123456,'purchase_entry','22222222-2222-2222-2222-000000000010','26700010','b5a4d4a2-0000-4000-8000-000000000001','VD-10','','',1795000000010,'87386a1f2f34a2d482531207f7ff7bba',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000010"},"modified":1795000000010,"created":1795000000000,"number":"26700010","status_code":20,"date":"2026-11-20","reference":"VD-10","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,10);
INSERT INTO "documents" VALUES(11,123456,'purchase_entry','22222222-2222-2222-2222-000000000011','26700011','b5a4d4a2-0000-4000-8000-000000000001','VD-11','','',1795000000011,'3a50eaf3719417605b6f9e16e2bd6d16',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000011"},"modified":1795000000011,"created":1795000000000,"number":"26700011","status_code":20,"date":"2026-11-20","reference":"VD-11","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,11);
INSERT INTO "documents" VALUES(12,123456,'purchase_entry','22222222-2222-2222-2222-000000000012','26700012','b5a4d4a2-0000-4000-8000-000000000001','VD-12','','',1795000000012,'15715dc91732f967c92b6c67f4dfd9fa',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000012"},"modified":1795000000012,"created":1795000000000,"number":"26700012","status_code":20,"date":"2026-11-20","reference":"VD-12","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,12);
INSERT INTO "documents" VALUES(13,123456,'purchase_entry','22222222-2222-2222-2222-000000000013','26700013','b5a4d4a2-0000-4000-8000-000000000001','VD-13','','',1795000000013,'cb71122ab2a7472b82f66fc3995f9372',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000013"},"modified":1795000000013,"created":1795000000000,"number":"26700013","status_code":20,"date":"2026-11-20","reference":"VD-13","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,13);
INSERT INTO "documents" VALUES(14,123456,'purchase_entry','22222222-2222-2222-2222-000000000014','26700014','b5a4d4a2-0000-4000-8000-000000000001','VD-14','','',1795000000014,'c3d3e223e05ee079e4acc3cf9db090cc',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000014"},"modified":1795000000014,"created":1795000000000,"number":"26700014","status_code":20,"date":"2026-11-20","reference":"VD-14","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,14);
INSERT INTO "documents" VALUES(15,123456,'purchase_entry','22222222-2222-2222-2222-000000000015','26700015','b5a4d4a2-0000-4000-8000-000000000001','VD-15','','',1795000000015,'87e1d12ffb163a7100d19a5a354bdc67',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000015"},"modified":1795000000015,"created":1795000000000,"number":"26700015","status_code":20,"date":"2026-11-20","reference":"VD-15","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,15);
INSERT INTO "documents" VALUES(16,123456,'purchase_entry','22222222-2222-2222-2222-000000000016','26700016','b5a4d4a2-0000-4000-8000-000000000001','VD-16','','',1795000000016,'2c062d83fbbb6be5f84c20a67ab0fe6f',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000016"},"modified":1795000000016,"created":1795000000000,"number":"26700016","status_code":20,"date":"2026-11-20","reference":"VD-16","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,16);
INSERT INTO "documents" VALUES(17,123456,'purchase_entry','22222222-2222-2222-2222-000000000017','26700017','b5a4d4a2-0000-4000-8000-000000000001','VD-17','','',1795000000017,'48fcca9e89f9a1076cd33c5ac6ddd18f',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000017"},"modified":1795000000017,"created":1795000000000,"number":"26700017","status_code":20,"date":"2026-11-20","reference":"VD-17","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,17);
INSERT INTO "documents" VALUES(18,123456,'purchase_entry','22222222-2222-2222-2222-000000000018','26700018','b5a4d4a2-0000-4000-8000-000000000001','VD-18','','',1795000000018,'77d310b2cb28d8e714f8b36533767273',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000018"},"modified":1795000000018,"created":1795000000000,"number":"26700018","status_code":20,"date":"2026-11-20","reference":"VD-18","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,18);
INSERT INTO "documents" VALUES(19,123456,'purchase_entry','22222222-2222-2222-2222-000000000019','26700019','b5a4d4a2-0000-4000-8000-000000000001','VD-19','','',1795000000019,'6209b90b66678cbc0679fce8fd692e66',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000019"},"modified":1795000000019,"created":1795000000000,"number":"26700019","status_code":20,"date":"2026-11-20","reference":"VD-19","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,19);
INSERT INTO "documents" VALUES(20,123456,'purchase_entry','22222222-2222-2222-2222-000000000020','26700020','b5a4d4a2-0000-4000-8000-000000000001','VD-20','','',1795000000020,'6b0dc9347290d70d08722dd2d5b620b4',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000020"},"modified":1795000000020,"created":1795000000000,"number":"26700020","status_code":20,"date":"2026-11-20","reference":"VD-20","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,20);
INSERT INTO "documents" VALUES(21,123456,'purchase_entry','22222222-2222-2222-2222-000000000021','26700021','b5a4d4a2-0000-4000-8000-000000000001','VD-21','','',1795000000021,'22a31a70fa1a180ccaff83abe8173bd1',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000021"},"modified":1795000000021,"created":1795000000000,"number":"26700021","status_code":20,"date":"2026-11-20","reference":"VD-21","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,21);
INSERT INTO "documents" VALUES(22,123456,'purchase_entry','22222222-2222-2222-2222-000000000022','26700022','b5a4d4a2-0000-4000-8000-000000000001','VD-22','','',1795000000022,'d320c55de98fd1447a2eb697dd5f790c',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000022"},"modified":1795000000022,"created":1795000000000,"number":"26700022","status_code":20,"date":"2026-11-20","reference":"VD-22","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,22);
INSERT INTO "documents" VALUES(23,123456,'purchase_entry','22222222-2222-2222-2222-000000000023','26700023','b5a4d4a2-0000-4000-8000-000000000001','VD-23','','',1795000000023,'da5cd07298e94276f2d0e4e6d5762b9d',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000023"},"modified":1795000000023,"created":1795000000000,"number":"26700023","status_code":20,"date":"2026-11-20","reference":"VD-23","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,23);
INSERT INTO "documents" VALUES(24,123456,'purchase_entry','22222222-2222-2222-2222-000000000024','26700024','b5a4d4a2-0000-4000-8000-000000000001','VD-24','','',1795000000024,'066257e145b67b97b1436a4cfd84bc85',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000024"},"modified":1795000000024,"created":1795000000000,"number":"26700024","status_code":20,"date":"2026-11-20","reference":"VD-24","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,24);
INSERT INTO "documents" VALUES(25,123456,'purchase_entry','22222222-2222-2222-2222-000000000025','26700025','b5a4d4a2-0000-4000-8000-000000000001','VD-25','','',1795000000025,'8bc10719c2c9ca05d716e3fb6c128d8e',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000025"},"modified":1795000000025,"created":1795000000000,"number":"26700025","status_code":20,"date":"2026-11-20","reference":"VD-25","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,25);
INSERT INTO "documents" VALUES(26,123456,'purchase_entry','22222222-2222-2222-2222-000000000026','26700026','b5a4d4a2-0000-4000-8000-000000000001','VD-26','','',1795000000026,'8317d3c6b898850b90fd6876ab679ddd',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000026"},"modified":1795000000026,"created":1795000000000,"number":"26700026","status_code":20,"date":"2026-11-20","reference":"VD-26","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,26);
INSERT INTO "documents" VALUES(27,123456,'purchase_entry','22222222-2222-2222-2222-000000000027','26700027','b5a4d4a2-0000-4000-8000-000000000001','VD-27','','',1795000000027,'501bb11a033684ea8968d478e558df75',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000027"},"modified":1795000000027,"created":1795000000000,"number":"26700027","status_code":20,"date":"2026-11-20","reference":"VD-27","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,27);
INSERT INTO "documents" VALUES(28,123456,'purchase_entry','22222222-2222-2222-2222-000000000028','26700028','b5a4d4a2-0000-4000-8000-000000000001','VD-28','','',1795000000028,'0c72b31744a59d875b2502d2c72b4008',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000028"},"modified":1795000000028,"created":1795000000000,"number":"26700028","status_code":20,"date":"2026-11-20","reference":"VD-28","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,28);
INSERT INTO "documents" VALUES(29,123456,'purchase_entry','22222222-2222-2222-2222-000000000029','26700029','b5a4d4a2-0000-4000-8000-000000000001','VD-29','','',1795000000029,'b9d7f5bab68b9f8bac64975d2efbd408',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000029"},"modified":1795000000029,"created":1795000000000,"number":"26700029","status_code":20,"date":"2026-11-20","reference":"VD-29","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,29);
INSERT INTO "documents" VALUES(30,123456,'purchase_entry','22222222-2222-2222-2222-000000000030','26700030','b5a4d4a2-0000-4000-8000-000000000001','VD-30','','',1795000000030,'f99a48f162e9ddc79bda56b77950cb85',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000030"},"modified":1795000000030,"created":1795000000000,"number":"26700030","status_code":20,"date":"2026-11-20","reference":"VD-30","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,30);
INSERT INTO "documents" VALUES(31,123456,'purchase_entry','22222222-2222-2222-2222-000000000031','26700031','b5a4d4a2-0000-4000-8000-000000000001','VD-31','','',1795000000031,'47ecfa4be470a3d7f35dfb2cfb4db7a1',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000031"},"modified":1795000000031,"created":1795000000000,"number":"26700031","status_code":20,"date":"2026-11-20","reference":"VD-31","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,31);
INSERT INTO "documents" VALUES(32,123456,'purchase_entry','22222222-2222-2222-2222-000000000032','26700032','b5a4d4a2-0000-4000-8000-000000000001','VD-32','','',1795000000032,'04a1f0018f31900b00f605b872ebcb24',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-000000000032"},"modified":1795000000032,"created":1795000000000,"number":"26700032","status_code":20,"date":"2026-11-20","reference":"VD-32","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,32);
INSERT INTO "documents" VALUES(33,123456,'sales_invoice','22222222-2222-2222-2222-000000000033','26700033','b5a4d4a2-0000-4000-8000-000000000001','VD-33','','',1795000000033,'66723dfda57baf704748828cb1459dae',1,'{"ref":{"division":123456,"kind":"sales_invoice","key":"22222222-2222-2222-2222-000000000033"},"modified":1795000000033,"created":1795000000000,"number":"26700033","status_code":20,"date":"2026-11-20","reference":"VD-33","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,33);
INSERT INTO "documents" VALUES(34,123456,'sales_invoice','22222222-2222-2222-2222-000000000034','26700034','b5a4d4a2-0000-4000-8000-000000000001','VD-34','','',1795000000034,'41b531c46c4d6acf15c64b1c63df9b07',1,'{"ref":{"division":123456,"kind":"sales_invoice","key":"22222222-2222-2222-2222-000000000034"},"modified":1795000000034,"created":1795000000000,"number":"26700034","status_code":20,"date":"2026-11-20","reference":"VD-34","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1795000000.0,1795000000.0,0.0,34);
INSERT INTO "documents" VALUES(35,123456,'sales_invoice','22222222-2222-2222-2222-000000000035','26700035','b5a4d4a2-0000-4000-8000-000000000001','VD-35','','',1795000000035,'57d536f43216cb6e013ec6dc382a2c80',1,'{"ref":{"division":123456,"kind":"sales_invoice","key":"22222222-2222-2222-2222-000000000035"},"modified":1795000000035,"created":1795000000000,"number":"26700035","status_code":20,"date":"2026-11-20","reference":"VD-35","description":"Packaging","account":{"id":"b5a4d4a2-0000-4000-8000-000000000001","code":"400012","name":"Van Dijk"},"currency":"EUR","company_currency":"EUR","amount":"100.00","amount_dc":"100.00"}',NULL,NULL,1.79845605258099484448e+09,1.79845605258099484448e+09,0.0,35);
CREATE TABLE events (id TEXT PRIMARY KEY, at REAL NOT NULL) STRICT;
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE files (                -- what a delivery with the action 'file' brings
    delivery INTEGER PRIMARY KEY REFERENCES deliveries (id) ON DELETE CASCADE,
    source TEXT NOT NULL,           -- Exact's id of the attachment; '' for the list of a digest
    name TEXT NOT NULL,
    url TEXT NOT NULL DEFAULT '',
    upload TEXT NOT NULL DEFAULT '',  -- Slack's id of the file, known before it is shown
    tries INTEGER NOT NULL DEFAULT 0,
    problem TEXT NOT NULL DEFAULT '', -- why a line stands in the thread instead
    detail TEXT NOT NULL DEFAULT ''
, shared TEXT NOT NULL DEFAULT '', unseen INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO "files" VALUES(35,'33333333-0000-0000-0000-000000000000','scan 0.pdf','https://start.exactonline.nl/docs/SysAttachment.aspx?ID=1','',0,'','','',0);
INSERT INTO "files" VALUES(37,'33333333-0000-0000-0000-000000000001','scan 1.pdf','https://start.exactonline.nl/docs/SysAttachment.aspx?ID=1','',0,'','','',0);
INSERT INTO "files" VALUES(39,'33333333-0000-0000-0000-000000000002','scan 2.pdf','https://start.exactonline.nl/docs/SysAttachment.aspx?ID=1','F0SCAN',0,'','','done',0);
INSERT INTO "files" VALUES(41,'33333333-0000-0000-0000-000000000003','scan 3.pdf','https://start.exactonline.nl/docs/SysAttachment.aspx?ID=1','',0,'refused','file_update_failed','',0);
INSERT INTO "files" VALUES(69,'','sales-2026-12-01.csv','','',0,'','','',0);
CREATE TABLE inbox (
    division INTEGER NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    not_before REAL NOT NULL DEFAULT 0,
    received_at REAL NOT NULL, deletes INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (division, kind, key)
) STRICT;
INSERT INTO "inbox" VALUES(123456,'purchase_entry','44444444-4444-4444-4444-444444444444',1,0,0.0,1.79500004433299565316e+09,0);
CREATE TABLE learnt (
    division INTEGER NOT NULL,
    endpoint TEXT NOT NULL,
    word TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (division, endpoint, word)
) STRICT;
CREATE TABLE left_behind (
    channel_id TEXT NOT NULL,
    key TEXT NOT NULL,
    ts TEXT NOT NULL,
    delivery INTEGER REFERENCES deliveries (id) ON DELETE SET NULL,
    PRIMARY KEY (channel_id, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE lookups (
    division INTEGER NOT NULL,
    what TEXT NOT NULL,
    id TEXT NOT NULL,
    value TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (division, what, id)
) STRICT;
CREATE TABLE notified (
    division INTEGER NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    event TEXT NOT NULL,            -- Exact's time of the latest event, as Exact writes it
    mark TEXT NOT NULL,             -- digest of that notification
    at REAL NOT NULL,
    read_at REAL NOT NULL DEFAULT 0,
    idle INTEGER NOT NULL DEFAULT 0, -- readings in a row that found nothing new
    PRIMARY KEY (division, kind, key)
) STRICT;
INSERT INTO "notified" VALUES(123456,'purchase_entry','44444444-4444-4444-4444-444444444444','','',1.79500004433299565316e+09,0.0,0);
CREATE TABLE pace (scope TEXT PRIMARY KEY, next_at REAL NOT NULL) STRICT;
INSERT INTO "pace" VALUES('edits',1.79500002508299779887e+09);
INSERT INTO "pace" VALUES('channel C0FEED',1.79500005361099481586e+09);
INSERT INTO "pace" VALUES('posts',1.79500005283099484448e+09);
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    command TEXT NOT NULL,
    started_at REAL NOT NULL,
    ended_at REAL,
    exit_code INTEGER,
    summary TEXT NOT NULL DEFAULT '{}'
) STRICT;
INSERT INTO "runs" VALUES(1,'poll',1795000000.0,1.79500005258099484448e+09,0,'{"posted": 3}');
CREATE TABLE saves (n INTEGER NOT NULL) STRICT;
INSERT INTO "saves" VALUES(35);
CREATE TABLE searches (             -- heads whose document's files are wanted in the thread
    head INTEGER PRIMARY KEY REFERENCES deliveries (id),
    due_at REAL,                    -- when to look in Exact; NULL: not before the document changes
    tries INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO "searches" VALUES(1,1795000000.0,0);
INSERT INTO "searches" VALUES(2,1795000000.0,0);
INSERT INTO "searches" VALUES(4,1795000000.0,0);
INSERT INTO "searches" VALUES(6,1795000000.0,0);
INSERT INTO "searches" VALUES(8,1795000000.0,0);
INSERT INTO "searches" VALUES(10,1795000000.0,0);
INSERT INTO "searches" VALUES(12,1795000000.0,0);
INSERT INTO "searches" VALUES(14,1795000000.0,0);
INSERT INTO "searches" VALUES(16,1795000000.0,0);
INSERT INTO "searches" VALUES(18,1795000000.0,0);
INSERT INTO "searches" VALUES(20,1795000000.0,0);
INSERT INTO "searches" VALUES(22,1795000000.0,0);
INSERT INTO "searches" VALUES(24,1795000000.0,0);
INSERT INTO "searches" VALUES(26,1795000000.0,0);
INSERT INTO "searches" VALUES(28,1795000000.0,0);
INSERT INTO "searches" VALUES(31,1.79500002989899706839e+09,0);
INSERT INTO "searches" VALUES(33,1.79500003196099686617e+09,0);
INSERT INTO "searches" VALUES(34,1.79500003402299666407e+09,0);
INSERT INTO "searches" VALUES(36,1.79500003608499646189e+09,0);
INSERT INTO "searches" VALUES(38,1.79500003814699625971e+09,0);
INSERT INTO "searches" VALUES(40,1.79500004020899605748e+09,0);
INSERT INTO "searches" VALUES(42,1795000000.0,0);
INSERT INTO "searches" VALUES(44,1795000000.0,0);
INSERT INTO "searches" VALUES(46,1795000000.0,0);
INSERT INTO "searches" VALUES(47,1795000000.0,0);
INSERT INTO "searches" VALUES(49,1795000000.0,0);
INSERT INTO "searches" VALUES(50,1795000000.0,0);
INSERT INTO "searches" VALUES(51,1795000000.0,0);
INSERT INTO "searches" VALUES(53,1795000000.0,0);
INSERT INTO "searches" VALUES(55,1795000000.0,0);
INSERT INTO "searches" VALUES(56,1795000000.0,0);
INSERT INTO "searches" VALUES(66,1795000000.0,0);
CREATE TABLE surveyed (             -- channels, and threads by the ts of their heads
    channel_id TEXT NOT NULL,
    thread_ts TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (channel_id, thread_ts)
) STRICT, WITHOUT ROWID;
CREATE TABLE tally (
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    what TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (day, kind, channel, what)
) STRICT;
INSERT INTO "tally" VALUES('2026-11-18','purchase_entry','','new',32);
INSERT INTO "tally" VALUES('2026-11-18','purchase_entry','#feed','head',27);
INSERT INTO "tally" VALUES('2026-11-18','purchase_entry','#feed','state',3);
INSERT INTO "tally" VALUES('2026-11-18','','#feed','notice',1);
INSERT INTO "tally" VALUES('2026-11-18','sales_invoice','','new',2);
INSERT INTO "tally" VALUES('2026-12-28','sales_invoice','','new',1);
CREATE TABLE troubles (
    key TEXT PRIMARY KEY,
    sentence TEXT NOT NULL,
    since REAL NOT NULL
) STRICT;
INSERT INTO "troubles" VALUES('channel #x','#x: the channel is archived.',1.79500004433299565316e+09);
CREATE TABLE unreadable (           -- rows of Exact that could not be taken in and are still there
    division INTEGER NOT NULL,
    kind TEXT NOT NULL,
    mark TEXT NOT NULL,             -- the key; without one, # and its Modified
    key TEXT NOT NULL,
    modified INTEGER,
    after INTEGER NOT NULL,         -- the span in which it was met, ms of Exact's wall clock
    until INTEGER,
    sentence TEXT NOT NULL,
    since REAL NOT NULL,
    PRIMARY KEY (division, kind, mark)
) STRICT, WITHOUT ROWID;
INSERT INTO "unreadable" VALUES(123456,'purchase_entry','55555555-5555-5555-5555-555555555555','55555555-5555-5555-5555-555555555555',1795000000000,1794000000000,NULL,'its amount is no number.',1.79500004433299565316e+09);
CREATE INDEX documents_number ON documents (division, kind, number);
CREATE INDEX documents_file ON documents (division, file) WHERE file <> '';
CREATE INDEX documents_settles ON documents (division, settles) WHERE settles <> '';
CREATE INDEX documents_subject ON documents (subject) WHERE subject IS NOT NULL;
CREATE INDEX documents_modified ON documents (division, kind, modified);
CREATE UNIQUE INDEX one_head ON deliveries (subject, channel)
    WHERE action = 'head' AND state <> 'superseded';
CREATE INDEX unsettled ON deliveries (state) WHERE state NOT IN ('posted', 'superseded');
CREATE INDEX deliveries_ts ON deliveries (channel_id, ts) WHERE ts <> '';
CREATE INDEX deliveries_head ON deliveries (head) WHERE head IS NOT NULL;
CREATE INDEX deliveries_document ON deliveries (document);
CREATE INDEX due_searches ON searches (due_at) WHERE due_at IS NOT NULL;
CREATE UNIQUE INDEX collecting ON digests (route) WHERE closed_at IS NULL;
CREATE INDEX closed_digests ON digests (route, due_at) WHERE closed_at IS NOT NULL;
CREATE INDEX collected_subject ON collected (subject);
CREATE INDEX documents_account ON documents (division, account, kind);
CREATE INDEX documents_reference
    ON documents (division, account, replace(lower(reference), ' ', ''));
CREATE INDEX open_deliveries ON deliveries (channel, (action='edit'), urgency, not_before, id)
    WHERE state IN ('pending', 'limited', 'refused');
CREATE INDEX left_behind_delivery ON left_behind (delivery) WHERE delivery IS NOT NULL;
COMMIT;
