// What JupyterLite does not do for a lesson by itself. Included by its pages.

// The font for Japanese, 4 MB, comes with a Japanese notebook alone.
const config = document.getElementById("jupyter-config-data");
new MutationObserver((changes, observer) => {
  observer.disconnect();
  const settings = JSON.parse(config.textContent);
  const kernel = settings.litePluginSettings["@jupyterlite/pyodide-kernel-extension:kernel"];
  if (LANGUAGE === "ja") kernel.loadPyodideOptions.packages.push("matplotlib-fontja");
  config.textContent = JSON.stringify(settings);
}).observe(config, { childList: true }); // written once, before the kernel reads it

// Not to delete the learner's work when space is short, without asking.
navigator.storage?.persist?.();

// What came before the service worker was there is asked for again: it keeps what passes it by.
performance.setResourceTimingBufferSize(1000);
navigator.serviceWorker?.addEventListener("controllerchange", () => {
  for (const { name } of performance.getEntriesByType("resource")) fetch(name);
  fetch(location.href);
});

// A notebook that the learner has saved does not change with the course.
async function tellOfNewer() {
  const path = new URLSearchParams(location.search).get("path");
  const answer = path?.endsWith(".ipynb") && (await fetch(`../files/${path}`));
  if (!answer?.ok) return;
  const course = await answer.json();
  const mine = await openNotebook();
  const from = mine.getMetadata("dlscratch")?.made_from;
  if (from && from !== course.metadata.dlscratch.made_from) say("newer");
}

function openNotebook() {
  return new Promise((found) => {
    const look = setInterval(async () => {
      const context = window.jupyterapp?.shell.currentWidget?.context;
      if (!context?.isReady) return;
      clearInterval(look);
      found(context.model);
    }, 500);
  });
}

tellOfNewer();
