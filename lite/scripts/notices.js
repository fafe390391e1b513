// Says on a page, before anything is written, what this browser will not keep, and what to do.
// Included by the first pages, which have a place for it, and by the pages of JupyterLite.
const NOTICES = {
  insecure: {
    en: "This page has come by plain http. Browsers keep no file that a notebook saves on such a page: it is lost when the page is closed. Open the course at an address that begins with https, or ask whoever runs this site for one.",
    ja: "このページは暗号化されていないhttpで開かれています。このままでは、ノートブックから保存したファイルをブラウザが残さず、ページを閉じると失われます。httpsで始まるアドレスで開くか、このサイトの管理者に問い合わせてください。",
  },
  worker: {
    en: "Service workers are off in this browser or in this private window. Without them it keeps no file that a notebook saves: it is lost when the page is closed. Turn them on, or use an ordinary window or another browser.",
    ja: "このブラウザ、またはこのプライベートウィンドウでは、Service Workerが無効になっています。このままでは、ノートブックから保存したファイルが残らず、ページを閉じると失われます。有効にするか、通常のウィンドウやほかのブラウザを使ってください。",
  },
  blocked: {
    en: "This browser is set to keep no data of this site, and a notebook does not open without. Allow cookies and site data for this address (most browsers: the sign beside the address, or Settings, Privacy), then load the page anew.",
    ja: "このブラウザは、このサイトのデータを保存しない設定になっているため、ノートブックを開けません。このアドレスにCookieとサイトデータを許可し（多くのブラウザでは、アドレスの横のアイコン、または設定のプライバシー）、ページを読み込み直してください。",
  },
  newer: {
    en: "The course has a newer version of this notebook. Yours stays as it is. To get the new one beside it: File, Rename this one, then open the lesson again from the first page.",
    ja: "このノートブックには新しい版があります。いま開いているものはそのまま残ります。新しい版も使うには、FileメニューのRenameで名前を変えてから、最初のページでこのレッスンをもう一度開いてください。",
  },
  close: { en: "Close", ja: "閉じる" },
};
const LANGUAGE =
  document.documentElement.lang ||
  (new URLSearchParams(location.search).get("path")?.startsWith("ja") ? "ja" : "en");

function say(notice) {
  const place = document.getElementById("notice") ?? makePlace();
  place.prepend(NOTICES[notice][LANGUAGE]);
}

function makePlace() {
  const place = document.createElement("div");
  place.id = "notice";
  place.setAttribute("role", "status");
  place.lang = LANGUAGE;
  place.style =
    "position: fixed; inset: auto 0 0; z-index: 10000; padding: 1rem; color: #222;" +
    "background: #ffe9a8; border-top: 2px solid #b38600; font: 1rem/1.5 system-ui, sans-serif";
  const button = document.createElement("button");
  button.textContent = NOTICES.close[LANGUAGE];
  button.style = "display: block; min-height: 44px; margin-top: 0.5rem; padding: 0 1rem; font: inherit";
  button.onclick = () => place.remove();
  place.append(button);
  document.body.append(place);
  return place;
}

function keepsData() {
  return new Promise((answer) => {
    try {
      localStorage.getItem("");
      const request = indexedDB.open("dlscratch");
      request.onerror = () => answer(false);
      request.onsuccess = () => {
        request.result.close();
        indexedDB.deleteDatabase("dlscratch");
        answer(true);
      };
    } catch {
      answer(false); // a SecurityError, or localStorage is null
    }
  });
}

addEventListener("DOMContentLoaded", async () => {
  if (!(await keepsData())) {
    say("blocked");
    document.getElementById("jupyterlite-loading-indicator")?.remove();
  } else if (!isSecureContext) {
    say("insecure");
  } else if (!navigator.serviceWorker) {
    say("worker");
  }
});
