-- What the Python tool wrote was stored when its row was made, so its rows are complete, or deleted since.
CREATE TABLE `__new_backups` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`backend` text NOT NULL,
	`backend_hash` text,
	`backup_date` integer NOT NULL,
	`filename` text NOT NULL,
	`is_deleted` integer NOT NULL,
	`last_updated` integer NOT NULL,
	`metadata` text NOT NULL,
	`size` integer NOT NULL,
	`stored_filename` text NOT NULL,
	`tags` text NOT NULL,
	`container` text NOT NULL,
	`status` text NOT NULL,
	`sha256` text,
	`locator` text,
	`host` text,
	`pid` integer,
	CONSTRAINT "backups_status" CHECK(`status` IN ('pending', 'complete', 'deleted')),
	CONSTRAINT "backups_is_deleted" CHECK(`is_deleted` = (`status` = 'deleted'))
);
--> statement-breakpoint
INSERT INTO `__new_backups`("id", "backend", "backend_hash", "backup_date", "filename", "is_deleted", "last_updated", "metadata", "size", "stored_filename", "tags", "container", "status")
SELECT "id", "backend", "backend_hash", "backup_date", "filename", "is_deleted" <> 0, "last_updated", "metadata", "size", "stored_filename", replace(replace("tags", char(9), ' '), char(10), ' '), '', CASE WHEN "is_deleted" THEN 'deleted' ELSE 'complete' END
FROM `backups`;--> statement-breakpoint
DROP TABLE `backups`;--> statement-breakpoint
ALTER TABLE `__new_backups` RENAME TO `backups`;--> statement-breakpoint
CREATE UNIQUE INDEX `backups_stored_name` ON `backups` (`backend`,`container`,`stored_filename`);--> statement-breakpoint
CREATE INDEX `backups_backup_date` ON `backups` (`backup_date`);--> statement-breakpoint
CREATE INDEX `backups_filename` ON `backups` (`filename`);
