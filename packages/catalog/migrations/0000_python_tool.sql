-- The tables as the Python tool makes them; its own databases have them already.
CREATE TABLE IF NOT EXISTS `backups` (
	`id` integer PRIMARY KEY NOT NULL,
	`backend` text NOT NULL,
	`backend_hash` text,
	`backup_date` integer NOT NULL,
	`filename` text NOT NULL,
	`is_deleted` integer NOT NULL,
	`last_updated` integer NOT NULL,
	`metadata` text NOT NULL,
	`size` integer NOT NULL,
	`stored_filename` text NOT NULL,
	`tags` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX IF NOT EXISTS `backups_backend` ON `backups` (`backend`);--> statement-breakpoint
CREATE INDEX IF NOT EXISTS `backups_backend_hash` ON `backups` (`backend_hash`);--> statement-breakpoint
CREATE INDEX IF NOT EXISTS `backups_backup_date` ON `backups` (`backup_date`);--> statement-breakpoint
CREATE INDEX IF NOT EXISTS `backups_filename` ON `backups` (`filename`);--> statement-breakpoint
CREATE UNIQUE INDEX IF NOT EXISTS `backups_stored_filename` ON `backups` (`stored_filename`);--> statement-breakpoint
CREATE TABLE IF NOT EXISTS `config` (
	`id` integer PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX IF NOT EXISTS `config_key` ON `config` (`key`);--> statement-breakpoint
CREATE TABLE IF NOT EXISTS `inventory` (
	`id` integer PRIMARY KEY NOT NULL,
	`archive_id` text NOT NULL,
	`filename` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX IF NOT EXISTS `inventory_archive_id` ON `inventory` (`archive_id`);--> statement-breakpoint
CREATE INDEX IF NOT EXISTS `inventory_filename` ON `inventory` (`filename`);--> statement-breakpoint
CREATE TABLE IF NOT EXISTS `jobs` (
	`id` integer PRIMARY KEY NOT NULL,
	`filename` text NOT NULL,
	`job_id` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX IF NOT EXISTS `jobs_filename` ON `jobs` (`filename`);
