// No text becomes markup or script here: the Content-Security-Policy asks for Trusted Types, and this one policy makes none of either.
// The SDK parses the XML of services into a document that is never shown.
const PARSES_XML = "DOMParser parseFromString";

interface Policies {
  createPolicy: (name: "default", rules: { createHTML: (text: string, kind: string, sink: string) => string | null }) => unknown;
}

export function refuseMarkup(): void {
  (window as { trustedTypes?: Policies }).trustedTypes?.createPolicy("default", {
    createHTML: (text, _kind, sink) => (sink === PARSES_XML ? text : null),
  });
}
