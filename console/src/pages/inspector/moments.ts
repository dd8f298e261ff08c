// Times of JSON services: seconds since 1970, as numbers.

export function moment(seconds: number | undefined): Date | undefined {
  return seconds === undefined ? undefined : new Date(seconds * 1000);
}
