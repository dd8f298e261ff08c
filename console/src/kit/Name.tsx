// A name that somebody chose: always text, kept apart from the text around it, cut when it is very long.
import "./kit.css";

export function Name({ children }: { children: string | undefined }) {
  if (!children) return <>—</>;
  return (
    <bdi className="g-name" title={children}>
      {children}
    </bdi>
  );
}
