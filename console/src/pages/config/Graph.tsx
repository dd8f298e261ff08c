// A picture of a resource among those that it is tied to. Each is a link: Tab goes from one to the next, Enter opens it.
import { useText } from "@/i18n";
import { href, navigate } from "@/router";
import { resourcePage, shortType } from "./names";
import { strings } from "./strings";
import { keyOf, layOut, NODE, type Placed, type Tie } from "./ties";
import "./config.css";

const MOST_LETTERS = 30;

function cut(text: string): string {
  const letters = [...text];
  return letters.length > MOST_LETTERS ? `${letters.slice(0, MOST_LETTERS - 1).join("")}…` : text;
}

function curve(picture: ReturnType<typeof layOut>, { tie, x, y }: Placed): string {
  const half = NODE.height / 2;
  const from = tie.isIncoming ? { x: x + NODE.width, y: y + half } : { x: picture.centre.x + NODE.width, y: picture.centre.y + half };
  const till = tie.isIncoming ? { x: picture.centre.x, y: picture.centre.y + half } : { x, y: y + half };
  const bend = (till.x - from.x) / 2;
  return `M ${from.x} ${from.y} C ${from.x + bend} ${from.y} ${till.x - bend} ${till.y} ${till.x - 6} ${till.y}`;
}

function Box({ type, name }: { type: string; name: string }) {
  return (
    <>
      <rect width={NODE.width} height={NODE.height} rx={8} />
      <text x={12} y={19} className="g-graph-type">
        {cut(shortType(type))}
      </text>
      <text x={12} y={37}>
        {cut(name)}
      </text>
    </>
  );
}

export function Graph({ type, name, ties }: { type: string; name: string; ties: Tie[] }) {
  const t = useText(strings);
  const picture = layOut(ties);
  return (
    <div className="g-scroll">
      <svg className="g-graph" viewBox={`0 0 ${picture.width} ${picture.height}`} width={picture.width} height={picture.height} role="group" aria-label={t("graph")}>
        <defs>
          <marker id="g-arrow" viewBox="0 0 8 8" refX="2" refY="4" markerWidth="8" markerHeight="8" orient="auto">
            <path d="M 0 0 L 8 4 L 0 8 z" className="g-graph-arrow" />
          </marker>
        </defs>
        {picture.nodes.map((node) => (
          <path key={keyOf(node.tie)} d={curve(picture, node)} className="g-graph-edge" markerEnd="url(#g-arrow)" />
        ))}
        <g transform={`translate(${picture.centre.x} ${picture.centre.y})`} className="g-graph-node g-graph-centre">
          <title>{`${type} ${name}`}</title>
          <Box type={type} name={name} />
        </g>
        {picture.nodes.map(({ tie, x, y }) => {
          const target = resourcePage(tie.type, tie.id, "relationships");
          return (
            <g key={keyOf(tie)} transform={`translate(${x} ${y})`}>
              <a
                href={href(target)}
                className="g-graph-node"
                aria-label={`${tie.words || t("namesThis")} ${tie.type} ${tie.name ?? tie.id}`}
                onClick={(event) => {
                  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
                  event.preventDefault();
                  navigate(target);
                }}
              >
                <title>{`${tie.words || t("namesThis")}: ${tie.type} ${tie.id}`}</title>
                <Box type={tie.type} name={tie.name ?? tie.id} />
              </a>
            </g>
          );
        })}
      </svg>
      {picture.left > 0 ? <p>{t("moreInTable", { count: picture.left })}</p> : null}
    </div>
  );
}
