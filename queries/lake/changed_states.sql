-- what: the members whose state the due months changed
-- grain: one row per activity and member
-- parameters: none
-- reads: member_states
SELECT activity_id, user_id, first_offset, repeat_offset
FROM member_states
WHERE coalesce(known_first_offset, -1) <> coalesce(first_offset, -1)
   OR coalesce(known_repeat_offset, -1) <> coalesce(repeat_offset, -1)
