// Runs the `main` of a Python file in Pyodide under Node, and prints what it returns:
// node in_pyodide.mjs FOLDER FILE
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, file] = process.argv.slice(2);
globalThis.fetch = (url) => Promise.reject(new Error(`no network here, but ${url} was asked for`));
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
const options = { indexURL: `${folder}/`, packages: ["legnext-widgets"] };
// What it says while it loads goes to stderr: stdout holds nothing but the value.
const pyodide = await loadPyodide({ ...options, stdout: console.error });
pyodide.runPython(readFileSync(file, "utf8"));
console.log(await pyodide.globals.get("main")());
process.exit(0);
