// The least that any client does: it reads both lists page after page and parses them.
const { origin, token, repository } = JSON.parse(process.argv[2]);
const headers = { "user-agent": "floor", authorization: `Bearer ${token}` };
const query = "per_page=100&sort=updated&direction=asc";
for (const list of [`issues?state=all&${query}`, `issues/comments?${query}`]) {
  for (let next = `${origin}/repos/${repository}/${list}`; next !== undefined; ) {
    const answer = await fetch(next, { headers });
    if (!answer.ok) throw new Error(`The twin answered ${answer.status}.`);
    await answer.json();
    next = /<([^>]+)>; rel="next"/.exec(answer.headers.get("link") ?? "")?.[1];
  }
}
