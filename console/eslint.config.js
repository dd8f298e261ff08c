// What the console's sources are checked for: types, hooks, accessibility, and that no name can become markup.
import js from "@eslint/js";
import accessibility from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import globals from "globals";
import typescript from "typescript-eslint";

export default typescript.config(
  { ignores: ["dist", "node_modules"] },
  js.configs.recommended,
  {
    files: ["src/**/*.{ts,tsx}"],
    extends: [...typescript.configs.strict, hooks.configs.flat["recommended-latest"], accessibility.flatConfigs.strict],
    languageOptions: { globals: globals.browser },
    rules: {
      "max-lines": ["error", 400],
      "no-restricted-syntax": [
        "error",
        { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "Names are hostile: render text." },
        { selector: "MemberExpression[property.name=/^(innerHTML|outerHTML)$/]", message: "Names are hostile: render text." },
      ],
      "no-restricted-imports": [
        "error",
        { paths: [{ name: "@cloudscape-design/components", message: "Import components one by one." }] },
      ],
      "jsx-a11y/no-autofocus": ["error", { ignoreNonDOM: true }],
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  { files: ["scripts/*.mjs", "*.js"], languageOptions: { globals: globals.node } },
);
