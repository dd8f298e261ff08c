// A resource by its name, or its id where it has none.
import { Name } from "@/kit";
import { Link } from "@/router";
import { resourcePage } from "./names";

export function ResourceLink({ type, id, name }: { type: string; id: string; name?: string | undefined }) {
  return (
    <Link to={resourcePage(type, id)}>
      <Name>{name || id}</Name>
    </Link>
  );
}
