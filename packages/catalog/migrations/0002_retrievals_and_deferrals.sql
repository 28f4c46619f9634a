-- Deletions that wait for a lock to end, retrievals by backup, and which vault an archive lies in.
ALTER TABLE `backups` ADD `delete_after` integer;--> statement-breakpoint
ALTER TABLE `inventory` ADD `container` text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX `inventory_container` ON `inventory` (`container`);--> statement-breakpoint
ALTER TABLE `jobs` ADD `backup_id` integer;--> statement-breakpoint
ALTER TABLE `jobs` ADD `tier` text;--> statement-breakpoint
ALTER TABLE `jobs` ADD `asked_at` integer;--> statement-breakpoint
ALTER TABLE `jobs` ADD `expected_at` integer;--> statement-breakpoint
CREATE UNIQUE INDEX `jobs_backup_id` ON `jobs` (`backup_id`);