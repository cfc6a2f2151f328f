-- Gives the groups of the user who has signed in.  They are in lines
--	zoe superviseurs,nord
local env, groups = lighty.r.req_env, ""

for line in io.lines("/etc/cccp-web/groups") do
	local user, list = line:match("^(%S+)%s+(%S+)")

	if user and user == env["REMOTE_USER"] then
		groups = list
	end
end
env["REMOTE_GROUPS"] = groups
return 0
