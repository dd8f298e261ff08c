export { Link } from "./Link";
export { changeQuery, guardLeaving, href, mayLeave, navigate, type Place, place, PREFIX, to, usePlace, useQueryValue, withQuery } from "./location";
export { match, type Route, route, unescaped } from "./routes";
