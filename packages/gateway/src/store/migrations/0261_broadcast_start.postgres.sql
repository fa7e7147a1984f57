-- What a broadcast of the channel needs before it starts: free (nothing), checked, tested.
alter table channels add column broadcast_start text not null default 'free';
