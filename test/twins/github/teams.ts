import type { Repository } from "./repository.ts";
import type { Account } from "./world.ts";

/** Some members of an organization, named together. */
export interface Team {
  id: number;
  slug: string;
  name: string;
  organization: Account;
  members: Set<Account>;
}

/** The teams that were given a role in the repository. */
export function teamsOf(repository: Repository): Team[] {
  return repository.world.teams.filter(
    (team) => team.organization === repository.owner && repository.teams.has(team.slug),
  );
}
