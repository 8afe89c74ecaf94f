-- Sets whether one person may prepare and approve. $1 boolean
update company set one_person = $1
