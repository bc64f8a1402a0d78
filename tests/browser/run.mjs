// The viewer in Chromium against a running server that has an imported well WELL-001:
//   node tests/browser/run.mjs BASE_URL OUT_DIR
// Prints one line per check and "N passed, N failed"; screenshots go to OUT_DIR.
import { conversationChecks } from "./conversation.mjs";
import { artifactChecks } from "./artifacts.mjs";
import { expect, Harness } from "./harness.mjs";
import { plotChecks } from "./plot.mjs";
import { plotToolChecks } from "./plot_tools.mjs";
import { sharingChecks } from "./sharing.mjs";

const [baseUrl, outDir] = process.argv.slice(2);
if (!baseUrl || !outDir) {
  console.error("usage: node tests/browser/run.mjs BASE_URL OUT_DIR");
  process.exit(2);
}

const harness = new Harness(baseUrl, outDir);
await harness.start();
try {
  await conversationChecks(harness);
  await plotChecks(harness);
  await plotToolChecks(harness);
  await artifactChecks(harness);
  await sharingChecks(harness);
  await harness.check("the console stays free of errors", () =>
    expect(harness.errors.length === 0, harness.errors.join("\n")),
  );
  await harness.check("the content security policy is never violated", () =>
    expect(harness.violations.length === 0, harness.violations.join("\n")),
  );
} finally {
  await harness.stop();
}
console.log(`${harness.passed} passed, ${harness.failed} failed`);
process.exit(harness.failed === 0 ? 0 : 1);
