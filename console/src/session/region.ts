// The region that pages look at: in the address's query, so that links lead to the same place.
import { changeQuery, place, usePlace } from "@/router";
import { settings } from "@/settings";

const KEY = "garrison.region";

function chosen(query: URLSearchParams): string {
  const { region, regions } = settings();
  const wanted = query.get("region") ?? localStorage.getItem(KEY) ?? "";
  return regions.includes(wanted) ? wanted : region;
}

export function useRegion(): string {
  return chosen(usePlace().query);
}

export function currentRegion(): string {
  return chosen(place.get().query);
}

export function chooseRegion(region: string): void {
  localStorage.setItem(KEY, region);
  changeQuery({ region }, { replace: false });
}
