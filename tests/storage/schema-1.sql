-- The schema as version 1 of it was made, read back from a database that it made.
PRAGMA journal_mode = WAL;
CREATE TABLE deployment (
  id INTEGER NOT NULL,
  schema_version INTEGER NOT NULL,
  stretch_salt BLOB NOT NULL,
  CONSTRAINT pk_deployment PRIMARY KEY (id)
);
CREATE TABLE dataset (
  id INTEGER NOT NULL,
  slug VARCHAR(64) NOT NULL,
  title VARCHAR NOT NULL,
  breach_date DATE NOT NULL,
  epoch INTEGER,
  published_at DATETIME,
  rows INTEGER NOT NULL,
  rows_rejected INTEGER NOT NULL,
  CONSTRAINT pk_dataset PRIMARY KEY (id),
  CONSTRAINT uq_dataset_slug UNIQUE (slug)
);
CREATE TABLE scheme_index (
  id INTEGER NOT NULL,
  dataset_id INTEGER NOT NULL,
  scheme VARCHAR(32) NOT NULL,
  epoch INTEGER NOT NULL,
  position INTEGER NOT NULL,
  is_public BOOLEAN NOT NULL,
  public_key BLOB NOT NULL,
  stretch_memory_kib INTEGER NOT NULL,
  stretch_iterations INTEGER NOT NULL,
  stretch_parallelism INTEGER NOT NULL,
  prefix_bits INTEGER NOT NULL,
  range_length INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  commitment BLOB,
  CONSTRAINT pk_scheme_index PRIMARY KEY (id),
  CONSTRAINT uq_scheme_index_dataset_id UNIQUE (dataset_id, scheme, epoch),
  CONSTRAINT fk_scheme_index_dataset_id_dataset FOREIGN KEY(dataset_id) REFERENCES dataset (id) ON DELETE CASCADE
);
CREATE TABLE ingest_run (
  id INTEGER NOT NULL,
  dataset_id INTEGER NOT NULL,
  finished_at DATETIME NOT NULL,
  source_sha256 BLOB NOT NULL,
  source_bytes INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  rows_used INTEGER NOT NULL,
  rejects JSON NOT NULL,
  refused_values JSON NOT NULL,
  CONSTRAINT pk_ingest_run PRIMARY KEY (id),
  CONSTRAINT fk_ingest_run_dataset_id_dataset FOREIGN KEY(dataset_id) REFERENCES dataset (id) ON DELETE CASCADE
);
CREATE TABLE entry (
  index_id INTEGER NOT NULL,
  element BLOB NOT NULL,
  CONSTRAINT pk_entry PRIMARY KEY (index_id, element),
  CONSTRAINT fk_entry_index_id_scheme_index FOREIGN KEY(index_id) REFERENCES scheme_index (id) ON DELETE CASCADE
)
 WITHOUT ROWID,
 STRICT;
CREATE TABLE range (
  index_id INTEGER NOT NULL,
  prefix INTEGER NOT NULL,
  fingerprints BLOB NOT NULL,
  CONSTRAINT pk_range PRIMARY KEY (index_id, prefix),
  CONSTRAINT fk_range_index_id_scheme_index FOREIGN KEY(index_id) REFERENCES scheme_index (id) ON DELETE CASCADE
)
 STRICT;
