-- Fails when PostgreSQL cannot read a pattern. $1 pattern
select '' ~* $1 as readable
