-- Functions, which hold no data: a node that starts puts these in the place of what the database has when they differ
-- (src/store/postgres/migrate.ts). Nodes of two versions run side by side while an installation is brought up to date, so
-- arguments and answers stay as they are; what needs others gets another name.
--
-- The hot path as one call: what a node gathered while its last commit was under way goes in one statement, which is
-- its own transaction. Every statement in here finds its row by a key, so that no plan can be wrong on a fresh table.
--
-- Nodes never wait for one another in a circle, because each takes its locks in the same order: the names of people it
-- has to make or join (advisory, by bucket), then messages by id, then lanes by contact. What seldom happens (joining
-- two contacts) may step out of that order; then PostgreSQL ends one of the two and the node tries again.

-- The clock of leases and due times: the database's, which all nodes share, whatever their own clocks say. p_now is what
-- the caller's clock says; only a test whose clock stands still puts another function here, which answers it.
create or replace function store_now(p_now bigint) returns bigint language sql volatile as $$
  select (extract(epoch from clock_timestamp()) * 1000)::bigint
$$;

-- Adds a name to a contact. The caller holds the name's lock.
create or replace function learn_key(p_channel bigint, p_contact bigint, p_key text) returns void language plpgsql as $$
begin
  insert into contact_keys (channel_id, key, contact_id) values (p_channel, p_key, p_contact)
  on conflict (channel_id, key) do update set contact_id = excluded.contact_id;
end $$;

-- Locks a contact that a name led to. One that was joined to another meanwhile is a reason to begin anew.
create or replace function hold_contact(p_contact bigint) returns void language plpgsql as $$
declare
  v_merged bigint;
begin
  select merged_into into v_merged from contacts where id = p_contact for no key update;
  if not found or v_merged is not null then
    raise exception 'contact % was joined to another meanwhile', p_contact using errcode = 'serialization_failure';
  end if;
end $$;

-- Two contacts turn out to be one person: everything of p_from moves to p_into. What p_from was just being told may
-- still be on its way, so the joined lane waits until that lease has ended.
create or replace function merge_contacts(p_channel bigint, p_from bigint, p_into bigint, p_now bigint) returns void
language plpgsql as $$
declare
  v_moved bigint;
  v_due bigint;
  v_holder text;
begin
  if p_from = p_into then return; end if;
  perform hold_contact(least(p_from, p_into));
  perform hold_contact(greatest(p_from, p_into));
  perform 1 from lanes where channel_id = p_channel and contact_id = least(p_from, p_into) for no key update;
  perform 1 from lanes where channel_id = p_channel and contact_id = greatest(p_from, p_into) for no key update;
  update contact_keys set contact_id = p_into where channel_id = p_channel and contact_id = p_from;
  update messages set contact_id = p_into where channel_id = p_channel and contact_id = p_from;
  update events set contact_id = p_into where channel_id = p_channel and contact_id = p_from and state = 'pending';
  get diagnostics v_moved = row_count;
  update contacts i set
    last_inbound_at = greatest(i.last_inbound_at, f.last_inbound_at),
    user_id = coalesce(i.user_id, f.user_id),
    phone = coalesce(i.phone, f.phone),
    name = coalesce(i.name, f.name)
  from (select * from contacts where id = p_from offset 0) f where i.id = p_into;
  update contacts set merged_into = p_into where id = p_from;
  delete from lanes where channel_id = p_channel and contact_id = p_from returning due_at, holder into v_due, v_holder;
  if not found or v_moved = 0 then return; end if;
  insert into lanes (channel_id, contact_id, due_at)
  values (p_channel, p_into,
    case when v_holder is null then coalesce(v_due, store_now(p_now)) else greatest(v_due, store_now(p_now)) end)
  on conflict (channel_id, contact_id) do update set due_at = excluded.due_at where lanes.due_at is null;
end $$;

-- Who is who: `src/contacts/identity.ts` has the rules, and these functions follow them for what comes all day long. What
-- is rarer (parent ids, names that change) a node decides by that file itself, before its batch; see identify.ts.

-- Whether a contact is known by an id of WhatsApp's, and is more than whoever has a number.
create or replace function is_identified(p_channel bigint, p_contact bigint) returns boolean language sql as $$
  select exists (select from contact_keys where channel_id = p_channel and contact_id = p_contact and left(key, 2) <> 'p:')
$$;

-- A number belongs to somebody else from now on.
create or replace function move_phone(p_channel bigint, p_from bigint, p_into bigint, p_key text, p_phone text) returns void
language plpgsql as $$
begin
  perform hold_contact(least(p_from, p_into));
  perform hold_contact(greatest(p_from, p_into));
  update contacts set phone = null where id = p_from and 'p:' || regexp_replace(phone, '\D', '', 'g') = p_key;
  update contacts set phone = p_phone where id = p_into;
  perform learn_key(p_channel, p_into, p_key);
end $$;

-- The contact that a person's names lead to, made or joined where they lead nowhere or to two.
create or replace function resolve_contact(
  p_channel bigint, p_phone_key text, p_user_key text, p_phone text, p_user text, p_name text, p_now bigint
) returns bigint language plpgsql as $$
declare
  v_by_phone bigint;
  v_by_user bigint;
  v_id bigint;
begin
  select contact_id into v_by_phone from contact_keys where channel_id = p_channel and key = p_phone_key;
  select contact_id into v_by_user from contact_keys where channel_id = p_channel and key = p_user_key;
  if v_by_phone is not null and p_user_key is not null and v_by_phone is distinct from v_by_user
    and is_identified(p_channel, v_by_phone) then
    -- Somebody else had the number before.
    if v_by_user is null then
      insert into contacts (channel_id, user_id, name, created_at) values (p_channel, p_user, p_name, p_now)
      returning id into v_by_user;
      perform learn_key(p_channel, v_by_user, p_user_key);
    end if;
    perform move_phone(p_channel, v_by_phone, v_by_user, p_phone_key, p_phone);
    return v_by_user;
  end if;
  if v_by_phone <> v_by_user then
    perform merge_contacts(p_channel, v_by_user, v_by_phone, p_now);
    return v_by_phone;
  end if;
  v_id := coalesce(v_by_user, v_by_phone);
  if v_id is null then
    insert into contacts (channel_id, phone, user_id, name, created_at)
    values (p_channel, p_phone, p_user, p_name, p_now) returning id into v_id;
  elsif (p_phone_key is not null and v_by_phone is null) or (p_user_key is not null and v_by_user is null) then
    perform hold_contact(v_id);
    update contacts set
      phone = case when v_by_phone is null then coalesce(p_phone, phone) else phone end,
      user_id = case when v_by_user is null then coalesce(p_user, user_id) else user_id end
    where id = v_id;
  end if;
  if p_phone_key is not null and v_by_phone is null then perform learn_key(p_channel, v_id, p_phone_key); end if;
  if p_user_key is not null and v_by_user is null then perform learn_key(p_channel, v_id, p_user_key); end if;
  return v_id;
end $$;

-- Learns a BSUID, so that a person who hides their number later is still the same person.
create or replace function learn_user(p_channel bigint, p_contact bigint, p_key text, p_user text, p_now bigint) returns void
language plpgsql as $$
declare
  v_known bigint;
begin
  select contact_id into v_known from contact_keys where channel_id = p_channel and key = p_key;
  if v_known = p_contact then return; end if;
  if v_known is not null then
    perform merge_contacts(p_channel, v_known, p_contact, p_now);
    return;
  end if;
  perform hold_contact(p_contact);
  perform learn_key(p_channel, p_contact, p_key);
  update contacts set user_id = p_user where id = p_contact;
end $$;

-- Learns the number that Meta normalised to, or that a person changed to. Answers the contact it leads to from now on.
create or replace function learn_phone(p_channel bigint, p_contact bigint, p_key text, p_now bigint) returns bigint
language plpgsql as $$
declare
  v_known bigint;
begin
  select contact_id into v_known from contact_keys where channel_id = p_channel and key = p_key;
  if v_known = p_contact then return p_contact; end if;
  if v_known is not null then
    if is_identified(p_channel, v_known) and is_identified(p_channel, p_contact) then return p_contact; end if;
    perform merge_contacts(p_channel, p_contact, v_known, p_now);
    return v_known;
  end if;
  perform hold_contact(p_contact);
  perform learn_key(p_channel, p_contact, p_key);
  return p_contact;
end $$;

-- A status or an answer names the person that a message went to; the message goes on as that person's. p_seen: an
-- earlier status has named them, so that the message did not just go to whoever has a number.
create or replace function learn_recipient(
  p_channel bigint, p_message text, p_phone_key text, p_user_key text, p_phone text, p_user text, p_seen boolean, p_now bigint
) returns void language plpgsql as $$
declare
  v_contact bigint;
  v_by_user bigint;
  v_who bigint;
  v_certain boolean;
begin
  select contact_id, p_seen or recipient !~ '^\+?\d' or coalesce(sent_at, delivered_at, read_at, played_at, failed_at) is not null
  into v_contact, v_certain from messages where channel_id = p_channel and id = p_message;
  select contact_id into v_by_user from contact_keys where channel_id = p_channel and key = p_user_key;
  if v_contact is null or v_contact = v_by_user then return; end if;
  if not exists (select from contact_keys where channel_id = p_channel and contact_id = v_contact and left(key, 2) = 'u:')
    or (v_certain and v_by_user is null) then
    perform learn_user(p_channel, v_contact, p_user_key, p_user, p_now);
    if p_phone_key is not null then
      perform resolve_contact(p_channel, p_phone_key, p_user_key, p_phone, p_user, null, p_now);
    end if;
    return;
  end if;
  if v_certain then return; end if;
  v_who := resolve_contact(p_channel, p_phone_key, p_user_key, p_phone, p_user, null, p_now);
  update messages set contact_id = v_who where channel_id = p_channel and id = p_message and contact_id <> v_who;
end $$;

-- The message a status speaks of: by our id where Meta gave it back, else by Meta's.
create or replace function message_of_status(p_channel bigint, p_reference text, p_wamid text) returns text
language plpgsql stable as $$
declare
  v_id text;
begin
  if p_reference is not null then
    select id into v_id from messages
    where channel_id = p_channel and id = p_reference and (wamid is null or wamid = p_wamid);
    if found then return v_id; end if;
  end if;
  select id into v_id from messages where channel_id = p_channel and wamid = p_wamid;
  return v_id;
end $$;

-- A lane's next events as its holder takes them in hand; null when there are none.
create or replace function next_events(p_channel bigint, p_contact bigint) returns json language plpgsql as $$
declare
  v_events json;
begin
  select json_agg(json_build_object('seq', e.seq, 'body', e.body, 'attempts', e.attempts, 'since', e.since) order by e.seq)
  into v_events
  from (
    select seq, body, attempts, since from events
    where channel_id = p_channel and contact_id = p_contact and state = 'pending' order by seq limit 16
  ) e;
  return v_events;
end $$;

-- What a message's sender wants back in callbacks, as a JSON text. A message's content begins with it where it was given;
-- most do not, and are not read any further.
create or replace function callback_data_of(p_content text) returns text language sql immutable as $$
  select case when starts_with(p_content, '{"callback_data":')
    then substring(p_content from '^\{"callback_data":("(?:[^"\\]|\\.)*")') end
$$;

-- Where statuses stand, lowest first; what a node calls the ladder.
create or replace function ladder(p_status text) returns integer language sql immutable as $$
  select array_position(array['sending', 'unknown', 'accepted', 'sent', 'failed', 'delivered', 'read', 'played'], p_status)
$$;

-- Notes how a send ended. False when a status had already said more.
create or replace function settle_message(
  p_channel bigint, p_id text, p_at bigint, p_status text, p_wamid text, p_error text
) returns boolean language plpgsql as $$
declare
  v_stub messages%rowtype;
begin
  if p_status <> 'accepted' then
    update messages set status = p_status, error = p_error,
      failed_at = case when p_status = 'failed' then p_at else failed_at end
    where channel_id = p_channel and id = p_id and status = 'sending';
    return found;
  end if;
  -- A status without our reference came before the answer and was taken for another program's message.
  select * into v_stub from messages
  where channel_id = p_channel and wamid = p_wamid and type = 'foreign' and id <> p_id for update;
  if found then
    delete from messages where channel_id = p_channel and id = v_stub.id;
    update messages set status = v_stub.status, sent_at = v_stub.sent_at, delivered_at = v_stub.delivered_at,
      read_at = v_stub.read_at, played_at = v_stub.played_at, failed_at = v_stub.failed_at, error = v_stub.error,
      pricing = v_stub.pricing, conversation = v_stub.conversation
    where channel_id = p_channel and id = p_id;
  end if;
  update messages set wamid = coalesce(wamid, p_wamid), accepted_at = p_at,
    status = case when status in ('sending', 'unknown') then 'accepted' else status end
  where channel_id = p_channel and id = p_id;
  return found;
end $$;

-- Notes a status on its message, or on a new row when the message was sent by another program over the same number:
-- that row keeps its later statuses from being told twice. Answers whose it is; `contact` is null for a duplicate.
create or replace function climb_message(
  p_channel bigint, p_found text, p_reference text, p_wamid text, p_status text, p_at bigint, p_error text,
  p_new_id text, p_stranger bigint, p_recipient text,
  out message text, out contact bigint, out ours boolean
) language plpgsql as $$
declare
  v_id text := p_found;
  v_direction text;
  v_type text;
begin
  for i in 1..4 loop
    if v_id is null then
      insert into messages (channel_id, id, contact_id, direction, type, status, wamid, recipient, content, created_at)
      values (p_channel, p_new_id, p_stranger, 'out', 'foreign', 'sending', p_wamid, p_recipient, '{}', p_at)
      on conflict (channel_id, wamid) where wamid is not null do nothing;
      v_id := message_of_status(p_channel, p_reference, p_wamid);
    end if;
    update messages m set
      sent_at = case when p_status = 'sent' then p_at else sent_at end,
      delivered_at = case when p_status = 'delivered' then p_at else delivered_at end,
      read_at = case when p_status = 'read' then p_at else read_at end,
      played_at = case when p_status = 'played' then p_at else played_at end,
      failed_at = case when p_status = 'failed' then p_at else failed_at end,
      status = case when ladder(p_status) > ladder(status) then p_status else status end,
      wamid = coalesce(wamid, p_wamid),
      error = coalesce(p_error, error)
    where channel_id = p_channel and id = v_id and (wamid is null or wamid = p_wamid)
      and case p_status when 'sent' then sent_at when 'delivered' then delivered_at when 'read' then read_at
          when 'played' then played_at else failed_at end is null
    returning m.id, m.contact_id, m.direction, m.type into message, contact, v_direction, v_type;
    if found then
      ours := v_direction = 'out' and v_type <> 'foreign';
      return;
    end if;
    perform 1 from messages where channel_id = p_channel and id = v_id and (wamid is null or wamid = p_wamid);
    if found then return; end if;
    -- The row was taken over by its message, or belongs to another wamid by now.
    v_id := message_of_status(p_channel, p_reference, p_wamid);
    if v_id is null and p_stranger is null then
      raise exception 'a status lost its message' using errcode = 'serialization_failure';
    end if;
  end loop;
  raise exception 'a status found no message' using errcode = 'serialization_failure';
end $$;

-- Records how an attempt ended; answers the lane's next events while the lease goes on. What was delivered counts,
-- whoever says so; a failure counts only from the lane's holder, since another may be succeeding meanwhile.
create or replace function record_attempt(
  p_channel bigint, p_contact bigint, p_seq bigint, p_number bigint, p_holder text, p_at bigint, p_outcome text,
  p_status bigint, p_ms bigint, p_answer text, p_retry_at bigint, p_more boolean, p_until bigint
) returns json language plpgsql as $$
declare
  v_held boolean := true;
  v_next json;
begin
  if p_outcome = 'retry' then
    update lanes set due_at = coalesce(p_retry_at, p_at), holder = null
    where channel_id = p_channel and contact_id = p_contact and holder = p_holder;
    v_held := found;
  elsif not p_more then
    -- Idle until events are found below: the row is locked before they are looked for, so that none is stranded.
    update lanes set due_at = null, holder = null
    where channel_id = p_channel and contact_id = p_contact and holder = p_holder;
    v_held := found;
  elsif p_outcome = 'dead' then
    perform 1 from lanes where channel_id = p_channel and contact_id = p_contact and holder = p_holder for no key update;
    v_held := found;
  end if;
  if v_held or p_outcome = 'delivered' then
    -- coalesce hides the state from the planner, which would else read the whole channel's index of pending events.
    update events set attempts = p_number, state = case when p_outcome = 'retry' then 'pending' else p_outcome end,
      done_at = case when p_outcome = 'retry' then null else p_at end,
      last_status = p_status, last_ms = p_ms, last_answer = p_answer
    where channel_id = p_channel and seq = p_seq and coalesce(state, '') = 'pending';
  end if;
  if p_outcome <> 'delivered' or p_number > 1 then
    -- Not of an event that was erased meanwhile: the answer may quote it.
    insert into attempts (channel_id, seq, number, at, outcome, status, ms, answer)
    select p_channel, p_seq, p_number, p_at, p_outcome, p_status, p_ms, p_answer
    where exists (select 1 from events where channel_id = p_channel and seq = p_seq);
  end if;
  if p_outcome = 'retry' or p_more or not v_held then return null; end if;
  v_next := next_events(p_channel, p_contact);
  if v_next is not null then
    update lanes set due_at = p_until, holder = p_holder where channel_id = p_channel and contact_id = p_contact;
  end if;
  return v_next;
end $$;

-- Leases due lanes of one channel.
create or replace function claim_lanes(p_channel bigint, p_limit bigint, p_holder text, p_now bigint, p_until bigint) returns json
language plpgsql as $$
declare
  v_contact bigint;
  v_events json;
  v_lanes json[] := '{}';
begin
  for v_contact in
    select contact_id from lanes where channel_id = p_channel and due_at <= p_now
    order by due_at limit p_limit for no key update skip locked
  loop
    v_events := next_events(p_channel, v_contact);
    update lanes set due_at = case when v_events is not null then p_until end,
      holder = case when v_events is not null then p_holder end
    where channel_id = p_channel and contact_id = v_contact;
    if v_events is not null then
      v_lanes := v_lanes || json_build_object('channelId', p_channel, 'contactId', v_contact, 'events', v_events);
    end if;
  end loop;
  return to_json(v_lanes);
end $$;

-- One batch of a node. Writes come as columns, one array for each, in order; a kind that does not occur is null. The
-- answer has a list for each kind that has one, in the same order. For facts it has columns: the event's seq or null for
-- a duplicate, its contact, our message's id where the body names it, and what became of its lane (1 leased, 2 woken for
-- anybody).
--
-- b_ begins, s_ settlements, f_ facts, a_ attempts, l_ lanes given back, c_ claims.
create or replace function commit_batch(
  p_now bigint,
  b_channel bigint[] default null, b_id text[] default null, b_phone_key text[] default null, b_user_key text[] default null,
  b_phone text[] default null, b_user text[] default null, b_name text[] default null, b_type text[] default null,
  b_recipient text[] default null, b_content text[] default null, b_at bigint[] default null,
  -- where the window is enforced: open when the person wrote after this, or never did and that is well
  b_open_after bigint[] default null, b_never_ok boolean[] default null,
  s_channel bigint[] default null, s_id text[] default null, s_at bigint[] default null, s_status text[] default null,
  s_wamid text[] default null, s_error text[] default null, s_phone_key text[] default null, s_user_key text[] default null,
  s_user text[] default null,
  -- kind: m message, s status, n notice, whose key stands where the others have their wamid. Of a status, content is what
  -- Meta says of its price, and type what it says of the conversation.
  f_kind text[] default null, f_channel bigint[] default null, f_phone_key text[] default null, f_user_key text[] default null,
  f_phone text[] default null, f_user text[] default null, f_name text[] default null, f_wamid text[] default null,
  f_type text[] default null, f_at bigint[] default null, f_content text[] default null, f_body text[] default null,
  -- the body of a status as told of our own message, with the made-up id f_id in it
  f_ours text[] default null, f_id text[] default null, f_reference text[] default null, f_status text[] default null,
  f_error text[] default null, f_opens boolean[] default null, f_event text[] default null, f_recipient text[] default null,
  f_holder text[] default null, f_until bigint[] default null,
  f_new_phone text[] default null, f_new_phone_key text[] default null,
  f_new_user text[] default null, f_new_user_key text[] default null,
  a_channel bigint[] default null, a_contact bigint[] default null, a_seq bigint[] default null, a_number bigint[] default null,
  a_holder text[] default null, a_at bigint[] default null, a_outcome text[] default null, a_status bigint[] default null,
  a_ms bigint[] default null, a_answer text[] default null, a_retry_at bigint[] default null, a_more boolean[] default null,
  a_until bigint[] default null,
  l_channel bigint[] default null, l_contact bigint[] default null, l_holder text[] default null, l_at bigint[] default null,
  c_channel bigint[] default null, c_limit bigint[] default null, c_holder text[] default null, c_now bigint[] default null,
  c_until bigint[] default null
) returns json language plpgsql as $$
declare
  -- people who must be known: those of the begins, then those of the facts
  h_channel bigint[]; h_phone_key text[]; h_user_key text[]; h_phone text[]; h_user text[]; h_name text[]; h_make boolean[];
  h_contact bigint[];
  h_slow bigint[];
  n_begins integer := coalesce(cardinality(b_id), 0);
  n_settles integer := coalesce(cardinality(s_id), 0);
  n_facts integer := coalesce(cardinality(f_kind), 0);
  n_attempts integer := coalesce(cardinality(a_seq), 0);
  n_releases integer := coalesce(cardinality(l_contact), 0);
  b_closed boolean[]; b_last bigint[];
  s_changed boolean[];
  f_message text[]; f_contact bigint[]; f_fresh boolean[]; f_told text[]; f_seq bigint[]; f_lane integer[];
  -- what the senders of f_told wanted back in callbacks, as JSON texts
  f_data text[];
  a_next json[];
  c_lanes json[];
  delivering bigint[];
  v_learns bigint[]; v_settle_learns bigint[]; v_becomes boolean := false;
  -- steps of messages: u_ to be done, d_ done
  u_src integer[]; u_i bigint[]; u_channel bigint[]; u_id text[]; u_word text[]; u_at bigint[]; u_wamid text[];
  u_error text[]; u_round bigint[]; n_rounds integer; v_adopting bigint[];
  d_src integer[]; d_i bigint[]; d_contact bigint[]; d_ours boolean[]; d_data text[];
  -- lanes: w_ wanted, t_ taken
  w_src integer[]; w_i bigint[]; w_channel bigint[]; w_contact bigint[]; w_due bigint[]; w_holder text[];
  t_channel bigint[]; t_contact bigint[]; t_inserted boolean[];
  a_plain boolean[]; v_idle bigint[] := '{}'; v_new_lanes bigint[] := '{}'; v_list bigint[]; v_events json[];
  w_attempt integer[]; v_attempt integer; v_kept bigint[] := '{}'; v_known bigint[];
  r record; i integer; v_contact bigint; v_into bigint; v_mark bigint; v_count integer; v_message text; v_ours boolean;
  v_opens boolean; v_taken boolean; v_inserted boolean;
  -- The database's clock, and how far it is ahead of the node's: leases and due times come by the node's.
  v_now bigint := store_now(p_now); v_ahead bigint := v_now - p_now;
begin
  if n_begins > 0 then
    h_channel := b_channel;
    h_phone_key := b_phone_key;
    h_user_key := b_user_key;
    h_phone := b_phone;
    h_user := b_user;
    h_name := b_name;
    -- A stranger whose window is closed is not made a contact.
    select array_agg(b.open_after is null or b.never_ok order by b.i) into h_make
    from unnest(b_open_after, b_never_ok) with ordinality as b (open_after, never_ok, i);
  end if;
  if n_settles > 0 then
    s_changed := array_fill(false, array[n_settles]);
    -- Names that the answer taught us and that lead elsewhere, or nowhere yet.
    select array_agg(x.i) into v_settle_learns
    from (
      select s.i, (select contact_id from messages where channel_id = s.ch and id = s.id) as contact,
        s.phone_key, s.user_key, s.ch
      from unnest(s_channel, s_id, s_phone_key, s_user_key) with ordinality as s (ch, id, phone_key, user_key, i)
      where s.phone_key is not null or s.user_key is not null
      offset 0
    ) x
    where x.contact is not null and (
      (x.phone_key is not null and x.contact is distinct from
        (select contact_id from contact_keys where channel_id = x.ch and key = x.phone_key))
      or (x.user_key is not null and x.contact is distinct from
        (select contact_id from contact_keys where channel_id = x.ch and key = x.user_key)));
  end if;
  if n_facts > 0 then
    f_fresh := array_fill(false, array[n_facts]);
    f_contact := array_fill(null::bigint, array[n_facts]);
    f_told := array_fill(null::text, array[n_facts]);
    f_data := array_fill(null::text, array[n_facts]);
    f_seq := array_fill(null::bigint, array[n_facts]);
    f_lane := array_fill(0, array[n_facts]);
    -- As message_of_status() finds them.
    select array_agg(case when f.kind = 's' then coalesce(
      (select id from messages
        where channel_id = f.ch and id = f.reference and (wamid is null or wamid = f.wamid)),
      (select id from messages where channel_id = f.ch and wamid = f.wamid)) end order by f.i)
    into f_message
    from unnest(f_kind, f_channel, f_reference, f_wamid) with ordinality as f (kind, ch, reference, wamid, i);
    select bool_or(x is not null) into v_becomes from unnest(f_new_phone_key || f_new_user_key) as x;
    -- Statuses that name a person by an id that leads elsewhere, or nowhere yet.
    select array_agg(f.i) into v_learns
    from unnest(f_channel, f_message, f_user_key) with ordinality as f (ch, message, user_key, i)
    where f.message is not null and f.user_key is not null
      and (select contact_id from contact_keys where channel_id = f.ch and key = f.user_key)
        is distinct from (select contact_id from messages where channel_id = f.ch and id = f.message);
    h_channel := h_channel || f_channel;
    -- A status whose message is known needs nobody's name.
    select h_phone_key || array_agg(case when f.message is null then f.phone_key end order by f.i),
      h_user_key || array_agg(case when f.message is null then f.user_key end order by f.i)
    into h_phone_key, h_user_key
    from unnest(f_message, f_phone_key, f_user_key) with ordinality as f (message, phone_key, user_key, i);
    h_phone := h_phone || f_phone;
    h_user := h_user || f_user;
    h_name := h_name || f_name;
    h_make := h_make || array_fill(true, array[n_facts]);
    select array_agg(channel_id) into delivering from endpoints where channel_id = any (f_channel);
    -- The feed shows nothing above the place that the oldest unfinished batch began at; see feed_end().
    select last_value into v_mark from events_seq_seq;
    perform pg_advisory_xact_lock_shared(5787125521171087360 | v_mark);
  end if;

  for pass in 1..2 loop
    exit when n_begins + n_facts = 0 and v_settle_learns is null;
    select array_agg(coalesce(x.by_user, x.by_phone) order by x.i), array_agg(x.i) filter (where x.make and not (
        (x.phone_key is null or x.by_phone is not null) and (x.user_key is null or x.by_user is not null)
        and (x.by_phone is null or x.by_user is null or x.by_phone = x.by_user)))
    into h_contact, h_slow
    from (
      select h.i, h.make, h.phone_key, h.user_key,
        case when h.phone_key is not null then
          (select contact_id from contact_keys where channel_id = h.ch and key = h.phone_key) end as by_phone,
        case when h.user_key is not null then
          (select contact_id from contact_keys where channel_id = h.ch and key = h.user_key) end as by_user
      from unnest(h_channel, h_phone_key, h_user_key, h_make) with ordinality as h (ch, phone_key, user_key, make, i)
      offset 0
    ) x;
    exit when pass = 2;
    exit when h_slow is null and v_learns is null and v_settle_learns is null and not v_becomes;
    perform pg_advisory_xact_lock(5787406996147798016 | x.bucket)
    from (
      select distinct hashtextextended(k.key, k.ch) & 1023 as bucket
      from (
        select h_channel[n] as ch, unnest(array[h_phone_key[n], h_user_key[n]]) as key from unnest(h_slow) as n
        union all
        select f_channel[n], unnest(array[f_phone_key[n], f_user_key[n]]) from unnest(v_learns) as n
        union all
        select s_channel[n], unnest(array[s_phone_key[n], s_user_key[n]]) from unnest(v_settle_learns) as n
        union all
        select f.ch, unnest(array[f.phone_key, f.user_key])
        from unnest(f_channel, f_new_phone_key, f_new_user_key) as f (ch, phone_key, user_key) where v_becomes
      ) k where k.key is not null
      order by bucket
    ) x;
    foreach i in array coalesce(v_settle_learns, '{}') loop
      select contact_id into v_contact from messages where channel_id = s_channel[i] and id = s_id[i];
      if s_user_key[i] is not null then
        perform learn_recipient(s_channel[i], s_id[i], null, s_user_key[i], null, s_user[i], false, p_now);
        select contact_id into v_contact from messages where channel_id = s_channel[i] and id = s_id[i];
      end if;
      if s_phone_key[i] is not null then perform learn_phone(s_channel[i], v_contact, s_phone_key[i], p_now); end if;
    end loop;
    if v_learns is not null then
      -- Nearly all: a name that leads nowhere yet, of somebody who is named once here.
      select array_agg(y.n order by y.contact), array_agg(y.contact order by y.contact) into v_list, v_known
      from (
        select x.n, x.contact, count(*) over (partition by x.ch, x.key) as keys, count(*) over (partition by x.contact) as people
        from (
          select n, f_channel[n] as ch, f_user_key[n] as key,
            (select contact_id from messages where channel_id = f_channel[n] and id = f_message[n]) as contact
          from unnest(v_learns) as n
          where (select contact_id from contact_keys where channel_id = f_channel[n] and key = f_user_key[n]) is null
          offset 0
        ) x
      ) y where y.keys = 1 and y.people = 1 and not is_identified(f_channel[y.n], y.contact) and (f_phone_key[y.n] is null
        or y.contact = (select contact_id from contact_keys where channel_id = f_channel[y.n] and key = f_phone_key[y.n]));
      for k in 1..coalesce(cardinality(v_list), 0) loop
        i := v_list[k];
        update contacts set user_id = f_user[i] where id = v_known[k] and merged_into is null;
        if not found then perform hold_contact(v_known[k]); end if;
      end loop;
      insert into contact_keys (channel_id, key, contact_id)
      select f_channel[x.n], f_user_key[x.n], x.contact from unnest(v_list, v_known) as x (n, contact);
      foreach i in array v_learns loop
        continue when i = any (v_list);
        perform learn_recipient(f_channel[i], f_message[i], f_phone_key[i], f_user_key[i], f_phone[i], f_user[i],
          exists (select from unnest(v_learns) as n where n < i and f_message[n] = f_message[i] and f_channel[n] = f_channel[i]),
          p_now);
      end loop;
    end if;
    if h_slow is not null then
      -- Nearly all: somebody whose names lead nowhere, and who occurs once.
      with asked as (
        select n, h_channel[n] as ch, h_phone_key[n] as phone_key, h_user_key[n] as user_key,
          count(*) over (partition by h_channel[n], h_phone_key[n]) as with_phone,
          count(*) over (partition by h_channel[n], h_user_key[n]) as with_user
        from unnest(h_slow) as n
      ), new as materialized (
        select nextval('contacts_id_seq') as id, a.* from asked a
        where (a.phone_key is null or a.with_phone = 1
            and (select contact_id from contact_keys where channel_id = a.ch and key = a.phone_key) is null)
          and (a.user_key is null or a.with_user = 1
            and (select contact_id from contact_keys where channel_id = a.ch and key = a.user_key) is null)
      ), made as (
        insert into contacts (id, channel_id, phone, user_id, name, created_at)
        select id, ch, h_phone[n], h_user[n], h_name[n], p_now from new
      ), named as (
        insert into contact_keys (channel_id, key, contact_id)
        select ch, phone_key, id from new where phone_key is not null
        union all
        select ch, user_key, id from new where user_key is not null
      )
      select array_agg(n) into v_list from new;
      foreach i in array h_slow loop
        continue when i = any (v_list);
        perform resolve_contact(h_channel[i], h_phone_key[i], h_user_key[i], h_phone[i], h_user[i], h_name[i], p_now);
      end loop;
    end if;
  end loop;

  if n_begins > 0 then
    if exists (select from unnest(b_open_after) as x where x is not null) then
      select array_agg(x.last order by x.i), array_agg(x.open_after is not null
        and case when x.last is null then not x.never_ok else x.last <= x.open_after end order by x.i)
      into b_last, b_closed
      from (
        select b.i, b.open_after, b.never_ok,
          (select last_inbound_at from contacts where id = b.contact) as last
        from unnest(h_contact[1:n_begins], b_open_after, b_never_ok) with ordinality as b (contact, open_after, never_ok, i)
        offset 0
      ) x;
    else
      b_closed := array_fill(false, array[n_begins]);
    end if;
    insert into messages (channel_id, id, contact_id, direction, type, status, recipient, content, created_at)
    select b.ch, b.id, b.contact, 'out', b.type, 'sending', b.recipient, b.content, b.at
    from unnest(h_channel[1:n_begins], b_id, h_contact[1:n_begins], b_type, b_recipient, b_content, b_at, b_closed)
      as b (ch, id, contact, type, recipient, content, at, closed)
    where not b.closed;
  end if;

  -- Messages, in order of their ids. What concerns one message goes in rounds, each a step up from the one before.
  if n_settles > 0 then
    -- Taken over by their message: rows of statuses that came without our reference before the answer.
    select array_agg(s.i order by s.ch, s.id) into v_adopting
    from unnest(s_channel, s_id, s_wamid) with ordinality as s (ch, id, wamid, i)
    where s.wamid is not null
      and (select type = 'foreign' and id <> s.id from messages where channel_id = s.ch and wamid = s.wamid);
    foreach i in array coalesce(v_adopting, '{}') loop
      s_changed[i] := settle_message(s_channel[i], s_id[i], s_at[i], s_status[i], s_wamid[i], s_error[i]);
    end loop;
  end if;
  if n_settles + n_facts > 0 then
    select array_agg(x.src order by x.ch, x.id, x.src, x.i), array_agg(x.i order by x.ch, x.id, x.src, x.i),
      array_agg(x.ch order by x.ch, x.id, x.src, x.i), array_agg(x.id order by x.ch, x.id, x.src, x.i),
      array_agg(x.word order by x.ch, x.id, x.src, x.i), array_agg(x.at order by x.ch, x.id, x.src, x.i),
      array_agg(x.wamid order by x.ch, x.id, x.src, x.i), array_agg(x.error order by x.ch, x.id, x.src, x.i),
      array_agg(x.round order by x.ch, x.id, x.src, x.i), max(x.round)
    into u_src, u_i, u_channel, u_id, u_word, u_at, u_wamid, u_error, u_round, n_rounds
    from (
      select y.*, row_number() over (partition by y.ch, y.id order by y.src, y.i) as round
      from (
        select 1 as src, s.i, s.ch, s.id collate "C" as id, s.status as word, s.at, s.wamid, s.error
        from unnest(s_channel, s_id, s_status, s_at, s_wamid, s_error) with ordinality as s (ch, id, status, at, wamid, error, i)
        where v_adopting is null or s.i <> all (v_adopting)
        union all
        select 2, f.i, f.ch, f.message, f.status, f.at, f.wamid, f.error
        from unnest(f_channel, f_message, f_status, f_at, f_wamid, f_error)
          with ordinality as f (ch, message, status, at, wamid, error, i)
        where f.message is not null
      ) y
    ) x;
    for n in 1..coalesce(n_rounds, 0) loop
      with changed as (
        update messages m set
          accepted_at = case when x.word = 'accepted' then x.at else m.accepted_at end,
          sent_at = case when x.word = 'sent' then x.at else m.sent_at end,
          delivered_at = case when x.word = 'delivered' then x.at else m.delivered_at end,
          read_at = case when x.word = 'read' then x.at else m.read_at end,
          played_at = case when x.word = 'played' then x.at else m.played_at end,
          failed_at = case when x.word = 'failed' then x.at else m.failed_at end,
          -- The end of a send that no answer told of is said of a message that nothing else is known of.
          status = case when x.src = 1 and x.word <> 'accepted' or ladder(x.word) > ladder(m.status) then x.word
            else m.status end,
          wamid = coalesce(m.wamid, x.wamid),
          error = coalesce(x.error, m.error),
          pricing = case when x.src = 2 then coalesce(f_content[x.i], m.pricing) else m.pricing end,
          conversation = case when x.src = 2 then coalesce(f_type[x.i], m.conversation) else m.conversation end
        from (
          select * from unnest(u_src, u_i, u_channel, u_id, u_word, u_at, u_wamid, u_error, u_round)
            as z (src, i, ch, id, word, at, wamid, error, round) where z.round = n
        ) x
        where m.channel_id = x.ch and m.id = x.id and case
          when x.src = 2 then (m.wamid is null or m.wamid = x.wamid) and case x.word when 'sent' then m.sent_at
            when 'delivered' then m.delivered_at when 'read' then m.read_at when 'played' then m.played_at
            else m.failed_at end is null
          when x.word = 'accepted' then true
          else m.status = 'sending' end
        returning x.src, x.i, m.contact_id, m.direction = 'out' and m.type <> 'foreign' as ours,
          case when x.src = 2 then callback_data_of(m.content) end as data
      )
      select array_agg(c.src), array_agg(c.i), array_agg(c.contact_id), array_agg(c.ours), array_agg(c.data)
      into d_src, d_i, d_contact, d_ours, d_data from changed c;
      for k in 1..coalesce(cardinality(d_i), 0) loop
        i := d_i[k];
        if d_src[k] = 1 then
          s_changed[i] := true;
        else
          f_fresh[i] := true;
          f_contact[i] := d_contact[k];
          if d_ours[k] then
            f_told[i] := f_message[i];
            f_data[i] := d_data[k];
          end if;
        end if;
      end loop;
    end loop;
    -- The rest: duplicates, messages of other programs, and what changed hands meanwhile.
    for r in
      select f.i from unnest(f_channel, f_kind, f_wamid, f_fresh) with ordinality as f (ch, kind, wamid, fresh, i)
      where f.kind = 's' and not f.fresh order by f.ch, f.wamid collate "C", f.i
    loop
      i := r.i;
      select message, contact, ours into v_message, v_contact, v_ours
      from climb_message(f_channel[i], f_message[i], f_reference[i], f_wamid[i], f_status[i], f_at[i], f_error[i],
        f_id[i], h_contact[n_begins + i], f_recipient[i]);
      if v_contact is not null then
        f_fresh[i] := true;
        f_contact[i] := v_contact;
        f_message[i] := v_message;
        update messages set pricing = coalesce(f_content[i], pricing), conversation = coalesce(f_type[i], conversation)
        where channel_id = f_channel[i] and id = v_message and coalesce(f_content[i], f_type[i]) is not null;
        if v_ours then
          f_told[i] := v_message;
          f_data[i] := (select callback_data_of(content) from messages where channel_id = f_channel[i] and id = v_message);
        end if;
      end if;
    end loop;
  end if;

  if n_facts > 0 then
    select array_agg(f.i order by f.ch, f.wamid collate "C") into v_list
    from (
      select f.*, row_number() over (partition by f.ch, f.wamid order by f.i) as nth
      from unnest(f_channel, f_kind, f_wamid) with ordinality as f (ch, kind, wamid, i) where f.kind = 'm'
    ) f
    where f.nth = 1 and (select id from messages where channel_id = f.ch and wamid = f.wamid) is null;
    if v_list is not null then
      insert into messages (channel_id, id, contact_id, direction, type, status, wamid, recipient, content, created_at)
      select f_channel[n], f_id[n], h_contact[n_begins + n], 'in', f_type[n], 'received', f_wamid[n], f_recipient[n],
        f_content[n], f_at[n]
      from unnest(v_list) as n
      on conflict (channel_id, wamid) where wamid is not null do nothing;
      get diagnostics v_count = row_count;
      if v_count <> cardinality(v_list) then
        raise exception 'another node has the same message in hand' using errcode = 'serialization_failure';
      end if;
      foreach i in array v_list loop
        f_fresh[i] := true;
        f_contact[i] := h_contact[n_begins + i];
        f_message[i] := f_id[i];
      end loop;
    end if;
    for r in
      select f.i from unnest(f_channel, f_kind, f_wamid) with ordinality as f (ch, kind, wamid, i)
      where f.kind = 'n' order by f.ch, f.wamid collate "C", f.i
    loop
      i := r.i;
      insert into seen (channel_id, key, at) values (f_channel[i], f_wamid[i], p_now) on conflict (channel_id, key) do nothing;
      f_fresh[i] := found;
      f_contact[i] := coalesce(h_contact[n_begins + i], 0);
    end loop;
  end if;

  -- Lanes, in order of their contacts, all in one go: those with news wake, those whose last event in hand was
  -- delivered go idle if their holder still has them, the others are only locked. A lane is locked before an event
  -- takes its place in the stored order, so that places are given out in the order of commits.
  if n_attempts > 0 then
    a_next := array_fill(null::json, array[n_attempts]);
    a_plain := array_fill(false, array[n_attempts]);
  end if;
  if n_facts + n_attempts + n_releases > 0 then
    select array_agg(x.src order by x.ch, x.contact), array_agg(x.i order by x.ch, x.contact),
      array_agg(x.ch order by x.ch, x.contact), array_agg(x.contact order by x.ch, x.contact),
      array_agg(x.due order by x.ch, x.contact), array_agg(x.holder order by x.ch, x.contact),
      array_agg(case when x.deliveries = 1 then x.attempt end order by x.ch, x.contact)
    into w_src, w_i, w_channel, w_contact, w_due, w_holder, w_attempt
    from (
      select distinct on (y.ch, y.contact) y.*,
        count(*) filter (where y.src = 4) over (partition by y.ch, y.contact) as deliveries,
        min(y.i) filter (where y.src = 4) over (partition by y.ch, y.contact) as attempt
      from (
        select 1 as src, f.i, f.ch, f.contact, coalesce(f.until + v_ahead, v_now) as due, f.holder
        from unnest(f_channel, f_contact, f_fresh, f_until, f_holder) with ordinality as f (ch, contact, fresh, until, holder, i)
        where f.fresh and f.ch = any (delivering)
        union all
        -- Nobody is called '': such a row locks its lane and changes nothing.
        select 2, l.i, l.ch, l.contact, null, '' from unnest(l_channel, l_contact) with ordinality as l (ch, contact, i)
        union all
        select case when a.outcome = 'delivered' and a.number = 1 then 4 else 3 end, a.i, a.ch, a.contact, null,
          case when a.outcome = 'delivered' and a.number = 1 then a.holder else '' end
        from unnest(a_channel, a_contact, a_outcome, a_number, a_holder, a_more)
          with ordinality as a (ch, contact, outcome, number, holder, more, i)
        where not (a.outcome = 'delivered' and a.number = 1 and a.more)
      ) y order by y.ch, y.contact, y.src, y.i
    ) x;
    if w_i is not null then
      with taken as (
        insert into lanes (channel_id, contact_id, due_at, holder)
        select w.ch, w.contact, w.due, w.holder from unnest(w_channel, w_contact, w_due, w_holder) as w (ch, contact, due, holder)
        on conflict (channel_id, contact_id) do update set due_at = excluded.due_at,
          holder = case when excluded.due_at is not null then excluded.holder end
        where case when excluded.due_at is not null then lanes.due_at is null else lanes.holder = excluded.holder end
        returning channel_id, contact_id, xmax = 0 as inserted
      )
      select array_agg(t.channel_id), array_agg(t.contact_id), array_agg(t.inserted) into t_channel, t_contact, t_inserted
      from taken t;
    end if;
    -- Both lists stand in the same order.
    v_count := 1;
    for k in 1..coalesce(cardinality(w_i), 0) loop
      i := w_i[k];
      v_taken := t_channel[v_count] = w_channel[k] and t_contact[v_count] = w_contact[k];
      v_inserted := coalesce(v_taken and t_inserted[v_count], false);
      if v_taken then v_count := v_count + 1; end if;
      if w_src[k] = 4 then
        a_plain[i] := true;
        -- One that was not there was merged away, and is another one's by now.
        if v_taken and not v_inserted then v_idle := v_idle || i::bigint; end if;
      elsif w_src[k] = 1 then
        if v_taken then
          f_lane[i] := case when f_until[i] is null then 2 else 1 end;
        elsif w_attempt[k] is not null then
          -- Delivered on a lane that an event of this batch goes to: its holder keeps it, and has that event next.
          v_attempt := w_attempt[k];
          update lanes set due_at = a_until[v_attempt] + v_ahead
          where channel_id = w_channel[k] and contact_id = w_contact[k] and holder = a_holder[v_attempt];
          if found then
            a_plain[v_attempt] := true;
            v_kept := v_kept || v_attempt::bigint;
          end if;
        end if;
        if v_inserted and w_contact[k] <> 0 then v_new_lanes := v_new_lanes || w_contact[k]; end if;
      end if;
    end loop;
    -- A lane that was not there may be one whose contact was joined to another just now: it follows.
    if v_new_lanes <> '{}' and exists (select from contacts where id = any (v_new_lanes) and merged_into is not null) then
      for i in 1..n_facts loop
        continue when not f_fresh[i] or f_contact[i] = 0 or f_contact[i] <> all (v_new_lanes);
        v_into := f_contact[i];
        loop
          select merged_into into v_contact from contacts where id = v_into;
          exit when v_contact is null;
          v_into := v_contact;
        end loop;
        continue when v_into = f_contact[i];
        delete from lanes where channel_id = f_channel[i] and contact_id = f_contact[i];
        insert into lanes (channel_id, contact_id, due_at) values (f_channel[i], v_into, v_now)
        on conflict (channel_id, contact_id) do update set due_at = excluded.due_at where lanes.due_at is null;
        f_contact[i] := v_into;
        f_lane[i] := 2;
      end loop;
    end if;
  end if;

  if n_facts > 0 then
    select array_agg(f.i order by f.ch, f.contact, f.i), bool_or(f.opens) into v_list, v_opens
    from unnest(f_channel, f_contact, f_fresh, f_opens) with ordinality as f (ch, contact, fresh, opens, i) where f.fresh;
  end if;
  if n_facts > 0 and v_list is not null then
    foreach i in array v_list loop
      f_seq[i] := nextval('events_seq_seq');
      -- The node wrote the body with an id of its own making, which nothing else can contain.
      if f_told[i] is not null then f_body[i] := replace(f_ours[i], f_id[i], f_told[i]); end if;
      if f_data[i] is not null then f_body[i] := left(f_body[i], -1) || ',"callback_data":' || f_data[i] || '}'; end if;
    end loop;
    insert into events (seq, channel_id, contact_id, kind, message_id, body, created_at, since, state)
    select f_seq[n], f_channel[n], f_contact[n], f_event[n], f_message[n], f_body[n], p_now, p_now,
      case when f_channel[n] = any (delivering) then 'pending' else 'none' end
    from unnest(v_list) as n;
    if v_opens then
      update contacts c set last_inbound_at = greatest(c.last_inbound_at, x.at), name = coalesce(x.name, c.name)
      from (
        select f_contact[n] as id, max(f_at[n]) as at,
          (array_agg(f_name[n] order by n desc) filter (where f_name[n] is not null))[1] as name
        from unnest(v_list) as n where f_opens[n] group by 1 order by 1 limit 100000
      ) x where c.id = x.id;
    end if;
  end if;

  if n_attempts > 0 then
    -- Nearly all: delivered at the first try. What was delivered counts, whoever says so.
    for k in 1..n_attempts loop
      a_plain[k] := a_plain[k] or (a_more[k] and a_outcome[k] = 'delivered' and a_number[k] = 1);
    end loop;
    update events e set attempts = 1, state = 'delivered', done_at = a.at, last_status = a.status, last_ms = a.ms,
      last_answer = a.answer
    from unnest(a_channel, a_seq, a_at, a_status, a_ms, a_answer, a_plain) as a (ch, seq, at, status, ms, answer, plain)
    where a.plain and e.channel_id = a.ch and e.seq = a.seq and coalesce(e.state, '') = 'pending';
    v_idle := v_idle || v_kept;
    if v_idle <> '{}' then
      select array_agg(x.i), array_agg(x.events) into d_i, v_events
      from (
        select n as i, (
          select json_agg(json_build_object('seq', e.seq, 'body', e.body, 'attempts', e.attempts, 'since', e.since) order by e.seq)
          from (
            select seq, body, attempts, since from events
            where channel_id = a_channel[n] and contact_id = a_contact[n] and state = 'pending' order by seq limit 16
          ) e
        ) as events
        from unnest(v_idle) as n offset 0
      ) x where x.events is not null;
      for k in 1..coalesce(cardinality(d_i), 0) loop
        i := d_i[k];
        a_next[i] := v_events[k];
        continue when i = any (v_kept);
        update lanes set due_at = a_until[i] + v_ahead, holder = a_holder[i] where channel_id = a_channel[i] and contact_id = a_contact[i];
      end loop;
    end if;
    for i in 1..n_attempts loop
      continue when a_plain[i];
      a_next[i] := record_attempt(a_channel[i], a_contact[i], a_seq[i], a_number[i], a_holder[i], a_at[i], a_outcome[i],
        a_status[i], a_ms[i], a_answer[i], a_retry_at[i] + v_ahead, a_more[i], a_until[i] + v_ahead);
    end loop;
  end if;
  for i in 1..n_releases loop
    update lanes set due_at = l_at[i] + v_ahead, holder = null
    where channel_id = l_channel[i] and contact_id = l_contact[i] and holder = l_holder[i];
  end loop;

  if v_becomes then
    for i in 1..n_facts loop
      if f_fresh[i] and f_contact[i] <> 0 then
        v_contact := f_contact[i];
        if f_new_phone_key[i] is not null then
          v_into := learn_phone(f_channel[i], v_contact, f_new_phone_key[i], p_now);
          update contacts set phone = f_new_phone[i] where id = v_into;
          v_contact := v_into;
        end if;
        if f_new_user_key[i] is not null then
          perform learn_user(f_channel[i], v_contact, f_new_user_key[i], f_new_user[i], p_now);
        end if;
      end if;
    end loop;
  end if;

  if c_channel is not null then
    select array_agg(claim_lanes(c.ch, c."limit", c.holder, c.now + v_ahead, c.until + v_ahead) order by c.i) into c_lanes
    from unnest(c_channel, c_limit, c_holder, c_now, c_until) with ordinality as c (ch, "limit", holder, now, until, i);
  end if;

  return json_build_object(
    'closed', case when n_begins > 0 then to_json(b_closed) end, 'last', to_json(b_last),
    'settled', to_json(s_changed),
    'seq', to_json(f_seq), 'contact', to_json(f_contact), 'ours', to_json(f_told), 'data', to_json(f_data), 'lane', to_json(f_lane),
    'next', to_json(a_next),
    'claimed', to_json(c_lanes));
end $$;

-- The highest place of the feed below which nothing is still to come. Each batch marks where the order stood before it
-- took places, with a lock that ends with it: events above the lowest mark may not all be visible yet. To be asked
-- before the events are read, not in the same statement, which would look at them as they were before.
create or replace function feed_end() returns bigint language plpgsql as $$
declare
  v_last bigint;
  v_mark bigint;
begin
  select last_value into v_last from events_seq_seq;
  select min(((classid::bigint << 32) | objid::bigint) & 281474976710655) into v_mark from pg_locks
  where locktype = 'advisory' and objsubid = 1 and mode = 'ShareLock' and (classid::bigint >> 16) = 20560
    and database = (select oid from pg_database where datname = current_database());
  return least(v_last, coalesce(v_mark, v_last));
end $$;
