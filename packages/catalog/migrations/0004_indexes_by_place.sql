-- What is asked for most is of one destination: its newest, its pending and those of one name, in the order of their dates.
DROP INDEX `backups_filename`;--> statement-breakpoint
CREATE INDEX `backups_place` ON `backups` (`backend`,`container`,`backup_date`);--> statement-breakpoint
CREATE INDEX `backups_pending` ON `backups` (`backend`,`container`,`backup_date`) WHERE "backups"."status" = 'pending';--> statement-breakpoint
CREATE INDEX `backups_filename` ON `backups` (`filename`,`backend`,`container`,`backup_date`);