-- Whether statements are mailed when they are issued. No parameters -> at most one row: mail_on_issue
select mail_on_issue from company
