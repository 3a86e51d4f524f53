// A wallet in the page that registers by the Wallet Standard's events, as an
// extension's would, before the page's own scripts run. Its owner is the test,
// who finds what it is asked in window.testWallet and answers.
(() => {
  const { name, address, publicKey, chains } = window.testWalletIs;
  const state = { connects: [], prompts: [], refuse: false, listeners: [] };
  const account = { address, publicKey: Uint8Array.from(publicKey), chains, features: ["sui:signTransaction"] };
  const authorized = () => localStorage.getItem("test wallet authorized") === "yes";
  const wallet = {
    version: "1.0.0", name, icon: "data:image/svg+xml;base64,PHN2Zy8+", chains, accounts: [],
    features: {
      "standard:connect": {
        version: "1.0.0",
        async connect(input) {
          state.connects.push(Boolean(input?.silent));
          if (input?.silent && !authorized()) return { accounts: [] };
          if (state.refuse) throw new Error("User rejected the request");
          localStorage.setItem("test wallet authorized", "yes");
          wallet.accounts = [account];
          return { accounts: wallet.accounts };
        },
      },
      "standard:disconnect": { version: "1.0.0", async disconnect() { localStorage.removeItem("test wallet authorized"); wallet.accounts = []; } },
      "standard:events": {
        version: "1.0.0",
        on(event, listener) {
          state.listeners.push(listener);
          return () => { state.listeners = state.listeners.filter((other) => other !== listener); };
        },
      },
      "sui:signTransaction": {
        version: "2.0.0",
        signTransaction: ({ transaction, account, chain }) => new Promise((resolve, reject) => {
          transaction.toJSON().then((json) => state.prompts.push({ json, address: account.address, chain, resolve, reject }));
        }),
      },
    },
  };
  state.leave = () => {
    wallet.accounts = [];
    for (const listener of state.listeners) listener({ accounts: [] });
  };
  window.testWallet = state;
  const callback = ({ register }) => register(wallet);
  window.addEventListener("wallet-standard:app-ready", ({ detail }) => callback(detail));
  window.dispatchEvent(new CustomEvent("wallet-standard:register-wallet", { detail: callback }));
})();
