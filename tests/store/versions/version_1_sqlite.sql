PRAGMA application_id=1701733488;
PRAGMA user_version=1;
BEGIN TRANSACTION;
CREATE TABLE audit (
	id INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	who TEXT NOT NULL, 
	code VARCHAR(40) NOT NULL, 
	entity TEXT NOT NULL, 
	entity_id INTEGER NOT NULL, 
	old JSON, 
	new JSON NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "audit" VALUES(1,'2026-11-01T09:00:00.000000+00:00','local','arm-03','person',1,NULL,'{"changed_at": "2026-11-01T09:00:00.000000+00:00", "changed_by": "local", "code": "arm-03", "condition": "stroke", "cycles": 1, "last_date": "2026-06-01", "product": "onabotulinumtoxinA", "version": 1}','b40f0b5d37756dd0e004e56ff75a06896556ba26e6cdb65fddcd245ef31cc0d9');
INSERT INTO "audit" VALUES(2,'2026-11-01T09:00:00.000000+00:00','local','arm-03','cycle',1,NULL,'{"assessment": [{"date": "2026-05-28", "joint": "wrist", "movement": "extension", "scale": "modified_ashworth", "side": "right", "value": "2"}, {"date": "2026-05-28", "joint": "fingers", "movement": "extension", "scale": "modified_ashworth", "side": "right", "value": "2"}], "goals": [{"gas_baseline": -1, "joint": "fingers", "kind": "active_function", "side": "right", "text": "let go of a cup"}], "history": [{"date": "2026-02-20", "indication": "spasticity", "injections": [{"dose": "50 U", "muscle": "flexor_carpi_radialis", "side": "right"}, {"dose": "50 U", "muscle": "flexor_digitorum_superficialis", "side": "right"}, {"dose": "50 U", "muscle": "flexor_digitorum_profundus", "side": "right"}], "product": "onabotulinumtoxinA", "total": "150 U"}], "notes": [], "number": 1, "patient": {"age": "66 y", "asked": ["neuromuscular_junction_disease", "dysphagia", "respiratory_disease", "aminoglycoside", "anticoagulation", "intrathecal_baclofen_pump", "infection_at_site", "hypersensitivity", "consent_not_given", "falls", "sudden_worsening", "tone_used_for_standing", "tone_used_for_transfer", "tone_used_for_grip", "other_botulinum_toxin", "pregnancy", "lactation"], "cautions": [], "condition": "stroke", "height": "160 cm", "months_since_onset": 40.0, "sex": "female", "weight": "64 kg"}, "person_id": 1, "version": 1}','fd6a7ab0383c31d72d6d2cc04007a8d0a2f34aa3cd65b3ba993e86d2b5aba5ae');
INSERT INTO "audit" VALUES(3,'2026-11-01T09:00:00.000000+00:00','local','arm-03','plan',1,NULL,'{"co_therapy": "usual", "cycle_id": 1, "date": "2026-06-01", "dilution": "50 U/mL", "guidance": "ultrasound", "indication": "spasticity", "injections": [{"dose": "50 U", "muscle": "flexor_carpi_radialis", "side": "right", "sites": 1}, {"dose": "50 U", "muscle": "flexor_digitorum_superficialis", "side": "right", "sites": 1}, {"dose": "50 U", "muscle": "flexor_digitorum_profundus", "side": "right", "sites": 1}], "jurisdiction": "US", "product": "onabotulinumtoxinA", "version": 1, "vials": ["200 U"]}','45621e92762b2cc70501f9321f84960e16cc7088bc2f08f7e690270c6c36dd3f');
INSERT INTO "audit" VALUES(4,'2026-11-01T09:00:00.000000+00:00','local','arm-03','visit',1,NULL,'{"cycle_id": 1, "date": "2026-06-29", "joint": "wrist", "measure": "scale", "scale": "modified_ashworth", "side": "right", "value": "1", "version": 1}','2dfaa10e264cd314bbc8a1cd1ace8b5ec60df17a5caa4a68465c5b63fb3fd10d');
INSERT INTO "audit" VALUES(5,'2026-11-01T09:00:00.000000+00:00','local','arm-03','visit',2,NULL,'{"cycle_id": 1, "date": "2026-08-24", "joint": "wrist", "measure": "scale", "scale": "modified_ashworth", "side": "right", "value": "1+", "version": 1}','fa8dac446fc6b0d08ce4acec68ddedf689637e1f60e3e750aa143ef2d20c6e2d');
INSERT INTO "audit" VALUES(6,'2026-11-02T09:00:00.000000+00:00','local','child-01','person',2,NULL,'{"changed_at": "2026-11-02T09:00:00.000000+00:00", "changed_by": "local", "code": "child-01", "condition": "cerebral_palsy", "cycles": 1, "last_date": "2026-11-02", "product": "abobotulinumtoxinA", "version": 1}','176cbcf4e3997879bb79c55536678560bda7d73f46425f90282a6bad21b2cc98');
INSERT INTO "audit" VALUES(7,'2026-11-02T09:00:00.000000+00:00','local','child-01','cycle',2,NULL,'{"assessment": [{"date": "2026-10-20", "joint": "ankle", "movement": "dorsiflexion", "scale": "modified_ashworth", "side": "bilateral", "tardieu": {"quality": 2, "r1": "15 deg", "r2": "45 deg"}, "value": "2"}], "goals": [{"gas_baseline": -1, "joint": "ankle", "kind": "mobility", "side": "bilateral", "text": "walk with the heels on the floor"}], "history": [], "notes": [], "number": 1, "patient": {"age": "6 y", "asked": ["neuromuscular_junction_disease", "dysphagia", "respiratory_disease", "aminoglycoside", "anticoagulation", "intrathecal_baclofen_pump", "infection_at_site", "hypersensitivity", "consent_not_given", "falls", "sudden_worsening", "tone_used_for_standing", "tone_used_for_transfer", "tone_used_for_grip", "other_botulinum_toxin", "pregnancy", "lactation"], "cautions": [], "condition": "cerebral_palsy", "gmfcs": 2, "height": "114 cm", "sex": "female", "weighed_on": "2026-10-20", "weight": "20 kg"}, "person_id": 2, "version": 1}','2a78925c5b8a7da75a7f77d1b70a57cf28ee2b641452569db84aca6c896a8e57');
INSERT INTO "audit" VALUES(8,'2026-11-02T09:00:00.000000+00:00','local','child-01','plan',2,NULL,'{"co_therapy": "usual", "cycle_id": 2, "date": "2026-11-02", "dilution": "200 U/mL", "guidance": "ultrasound", "indication": "spasticity", "injections": [{"dose": "7.5 U/kg", "muscle": "gastrocnemius", "side": "bilateral", "sites": 4}, {"dose": "5 U/kg", "muscle": "soleus", "side": "bilateral", "sites": 2}], "jurisdiction": "US", "product": "abobotulinumtoxinA", "version": 1, "vials": ["300 U", "300 U"]}','15b940021f7ff6c1e65723fdfce9b0339c5bd9be8c1c1b4b610e8b80bb85dc64');
INSERT INTO "audit" VALUES(9,'2026-11-03T09:00:00.000000+00:00','local','arm-03','given',1,NULL,'{"cycle_id": 1, "date": "2026-06-02", "dilution": "50 U/mL", "discarded": "60 U", "expiry": "2028-01-31", "guidance": "ultrasound", "injections": [{"dose": "50 U", "muscle": "flexor_carpi_radialis", "side": "right", "sites": 1}, {"dose": "90 U", "muscle": "flexor_digitorum_superficialis", "side": "right", "sites": 2}], "lot": "C5511", "product": "onabotulinumtoxinA", "units": "140 U", "version": 1}','2b20e9d704ac3deb75efbec3671be427809c12ef08502f49212a8328f3b23ae9');
INSERT INTO "audit" VALUES(10,'2026-11-03T09:00:00.000000+00:00','local','arm-03','person',1,'{"changed_at": "2026-11-01T09:00:00.000000+00:00", "changed_by": "local", "code": "arm-03", "condition": "stroke", "cycles": 1, "last_date": "2026-06-01", "product": "onabotulinumtoxinA", "version": 1}','{"changed_at": "2026-11-03T09:00:00.000000+00:00", "changed_by": "local", "code": "arm-03", "condition": "stroke", "cycles": 1, "last_date": "2026-06-02", "product": "onabotulinumtoxinA", "version": 2}','22f59c9c6fb4ea85d44a25361e8ee20908c4b6630e79d96d226a1c8cf66b61d5');
INSERT INTO "audit" VALUES(11,'2026-11-04T09:00:00.000000+00:00','ward-2','arm-03','visit',3,NULL,'{"cycle_id": 1, "date": "2026-09-21", "joint": "wrist", "measure": "scale", "scale": "modified_ashworth", "side": "right", "value": "2", "version": 1}','940682ac8afddcd45ea351312198ffbcb12005169f96bd08af2509df8f533912');
INSERT INTO "audit" VALUES(12,'2026-11-04T09:00:00.000000+00:00','ward-2','arm-03','person',1,'{"changed_at": "2026-11-03T09:00:00.000000+00:00", "changed_by": "local", "code": "arm-03", "condition": "stroke", "cycles": 1, "last_date": "2026-06-02", "product": "onabotulinumtoxinA", "version": 2}','{"changed_at": "2026-11-04T09:00:00.000000+00:00", "changed_by": "ward-2", "code": "arm-03", "condition": "stroke", "cycles": 1, "last_date": "2026-06-02", "product": "onabotulinumtoxinA", "version": 3}','537edfb1db05a804c584c0217366ac8428c4053af27651643689ca260d624f18');
INSERT INTO "audit" VALUES(13,'2026-11-05T09:00:00.000000+00:00','local','child-01','person',2,'{"changed_at": "2026-11-02T09:00:00.000000+00:00", "changed_by": "local", "code": "child-01", "condition": "cerebral_palsy", "cycles": 1, "last_date": "2026-11-02", "product": "abobotulinumtoxinA", "version": 1}','{"changed_at": "2026-11-05T09:00:00.000000+00:00", "changed_by": "local", "code": "child-01", "condition": "cerebral_palsy", "cycles": 1, "last_date": "2026-11-02", "product": "abobotulinumtoxinA", "version": 2}','da1f8665b0352693b4b32fefaecca3e0e9c09d5cf6a4c02d72c5ce8218f84a56');
CREATE TABLE cycle (
	id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	patient JSON NOT NULL, 
	assessment JSON NOT NULL, 
	goals JSON NOT NULL, 
	history JSON NOT NULL, 
	notes JSON NOT NULL, 
	version INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (person_id, number), 
	FOREIGN KEY(person_id) REFERENCES person (id)
);
INSERT INTO "cycle" VALUES(1,1,1,'{"age": "66 y", "asked": ["neuromuscular_junction_disease", "dysphagia", "respiratory_disease", "aminoglycoside", "anticoagulation", "intrathecal_baclofen_pump", "infection_at_site", "hypersensitivity", "consent_not_given", "falls", "sudden_worsening", "tone_used_for_standing", "tone_used_for_transfer", "tone_used_for_grip", "other_botulinum_toxin", "pregnancy", "lactation"], "cautions": [], "condition": "stroke", "height": "160 cm", "months_since_onset": 40.0, "sex": "female", "weight": "64 kg"}','[{"date": "2026-05-28", "joint": "wrist", "movement": "extension", "scale": "modified_ashworth", "side": "right", "value": "2"}, {"date": "2026-05-28", "joint": "fingers", "movement": "extension", "scale": "modified_ashworth", "side": "right", "value": "2"}]','[{"gas_baseline": -1, "joint": "fingers", "kind": "active_function", "side": "right", "text": "let go of a cup"}]','[{"date": "2026-02-20", "indication": "spasticity", "injections": [{"dose": "50 U", "muscle": "flexor_carpi_radialis", "side": "right"}, {"dose": "50 U", "muscle": "flexor_digitorum_superficialis", "side": "right"}, {"dose": "50 U", "muscle": "flexor_digitorum_profundus", "side": "right"}], "product": "onabotulinumtoxinA", "total": "150 U"}]','[]',1,'5b4f0abbd02d5e494c185a5fed71aa51742693268958071ee148cc8fd49e69f4');
INSERT INTO "cycle" VALUES(2,2,1,'{"age": "6 y", "asked": ["neuromuscular_junction_disease", "dysphagia", "respiratory_disease", "aminoglycoside", "anticoagulation", "intrathecal_baclofen_pump", "infection_at_site", "hypersensitivity", "consent_not_given", "falls", "sudden_worsening", "tone_used_for_standing", "tone_used_for_transfer", "tone_used_for_grip", "other_botulinum_toxin", "pregnancy", "lactation"], "cautions": [], "condition": "cerebral_palsy", "gmfcs": 2, "height": "114 cm", "sex": "female", "weighed_on": "2026-10-20", "weight": "20 kg"}','[{"date": "2026-10-20", "joint": "ankle", "movement": "dorsiflexion", "scale": "modified_ashworth", "side": "bilateral", "tardieu": {"quality": 2, "r1": "15 deg", "r2": "45 deg"}, "value": "2"}]','[{"gas_baseline": -1, "joint": "ankle", "kind": "mobility", "side": "bilateral", "text": "walk with the heels on the floor"}]','[]','[]',1,'4adfce85b0ce9f2bb40014aff801c32a62d0a4958c38121f0616cabdfbf324a1');
CREATE TABLE endplate_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT endplate_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "endplate_version" VALUES('1');
CREATE TABLE given (
	id INTEGER NOT NULL, 
	cycle_id INTEGER NOT NULL, 
	date DATE NOT NULL, 
	product TEXT NOT NULL, 
	lot TEXT NOT NULL, 
	expiry DATE NOT NULL, 
	units TEXT NOT NULL, 
	discarded TEXT NOT NULL, 
	dilution TEXT, 
	guidance TEXT NOT NULL, 
	injections JSON NOT NULL, 
	version INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(cycle_id) REFERENCES cycle (id)
);
INSERT INTO "given" VALUES(1,1,'2026-06-02','onabotulinumtoxinA','C5511','2028-01-31','140 U','60 U','50 U/mL','ultrasound','[{"dose": "50 U", "muscle": "flexor_carpi_radialis", "side": "right", "sites": 1}, {"dose": "90 U", "muscle": "flexor_digitorum_superficialis", "side": "right", "sites": 2}]',1,'5f26f52049033b175bc52a37247cf90a1b80a9c272c8a4705f3cd1955944466f');
CREATE TABLE person (
	id INTEGER NOT NULL, 
	code VARCHAR(40) NOT NULL, 
	condition TEXT, 
	product TEXT, 
	last_date DATE, 
	cycles INTEGER NOT NULL, 
	changed_at TEXT NOT NULL, 
	changed_by TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (code)
);
INSERT INTO "person" VALUES(1,'arm-03','stroke','onabotulinumtoxinA','2026-06-02',1,'2026-11-04T09:00:00.000000+00:00','ward-2',3,'44e6d71650febff388e0021f22dfda2e332662b94ead09ead1ee002ef7ec53c4');
INSERT INTO "person" VALUES(2,'child-01','cerebral_palsy','abobotulinumtoxinA','2026-11-02',1,'2026-11-05T09:00:00.000000+00:00','local',2,'e13907ea86910cbd15d093e7069b24c5e39cffc2894622ba7c9b5e6375a32ac3');
CREATE TABLE "plan" (
	id INTEGER NOT NULL, 
	cycle_id INTEGER NOT NULL, 
	date DATE NOT NULL, 
	jurisdiction TEXT NOT NULL, 
	product TEXT NOT NULL, 
	indication TEXT NOT NULL, 
	dilution TEXT, 
	guidance TEXT NOT NULL, 
	co_therapy TEXT NOT NULL, 
	vials JSON NOT NULL, 
	injections JSON NOT NULL, 
	version INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (cycle_id), 
	FOREIGN KEY(cycle_id) REFERENCES cycle (id)
);
INSERT INTO "plan" VALUES(1,1,'2026-06-01','US','onabotulinumtoxinA','spasticity','50 U/mL','ultrasound','usual','["200 U"]','[{"dose": "50 U", "muscle": "flexor_carpi_radialis", "side": "right", "sites": 1}, {"dose": "50 U", "muscle": "flexor_digitorum_superficialis", "side": "right", "sites": 1}, {"dose": "50 U", "muscle": "flexor_digitorum_profundus", "side": "right", "sites": 1}]',1,'83bdbd2a8f7e81179126600d1cfcc9070bb618e1db9451fe5992109cfa6de679');
INSERT INTO "plan" VALUES(2,2,'2026-11-02','US','abobotulinumtoxinA','spasticity','200 U/mL','ultrasound','usual','["300 U", "300 U"]','[{"dose": "7.5 U/kg", "muscle": "gastrocnemius", "side": "bilateral", "sites": 4}, {"dose": "5 U/kg", "muscle": "soleus", "side": "bilateral", "sites": 2}]',1,'88f68e246cde3347bd1bf7299a180307227d86f939a6fb1c6f060d4a8756e7ac');
CREATE TABLE visit (
	id INTEGER NOT NULL, 
	cycle_id INTEGER NOT NULL, 
	date DATE NOT NULL, 
	joint TEXT, 
	side TEXT, 
	measure TEXT NOT NULL, 
	scale TEXT, 
	value TEXT, 
	version INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(cycle_id) REFERENCES cycle (id)
);
INSERT INTO "visit" VALUES(1,1,'2026-06-29','wrist','right','scale','modified_ashworth','1',1,'c186eefd822859952999859159d4f891466bb69ee533814eb1c89ce6f1075a20');
INSERT INTO "visit" VALUES(2,1,'2026-08-24','wrist','right','scale','modified_ashworth','1+',1,'86d2fe8350b435242f8061f379c6f2c781eca97d8924ad5e411e32fe9ba95c7d');
INSERT INTO "visit" VALUES(3,1,'2026-09-21','wrist','right','scale','modified_ashworth','2',1,'519c35fe23495e488d3e6c3ec78ea296605c14ba9bd8fc200c3ae247cead8e1e');
CREATE INDEX ix_person_last_date ON person (last_date);
CREATE INDEX ix_given_cycle_id ON given (cycle_id);
CREATE INDEX ix_given_lot ON given (lot);
CREATE INDEX ix_visit_cycle_id ON visit (cycle_id);
CREATE INDEX ix_audit_entity ON audit (entity, entity_id);
CREATE INDEX ix_audit_code ON audit (code);
COMMIT;
