// What the page's modules and the engine say to each other. Only types: the
// browser never loads this.

export interface NetworkNode {
  index: number;
  name: string;
  address: string;
  shards: number[];
  up: boolean;
}

/** GET /api/v1/network, as much of it as pages read. */
export interface Network {
  name: string;
  epoch: number;
  epoch_start_ms: number;
  epoch_duration_ms: number;
  max_epochs_ahead: number;
  n_shards: number;
  nodes: NetworkNode[];
  segment_size: number;
  max_parcel_size: number;
  default_epochs: number;
  light: boolean;
  sponsor: string; // "" where the server pays for nobody
}

/** What the Wallet Standard says of a wallet, as much of it as is used. */
export interface StandardWallet {
  name: string;
  chains: readonly string[];
  accounts: readonly WalletAccount[];
  features: {
    "standard:connect": { connect(how?: { silent?: boolean }): Promise<{ accounts?: readonly WalletAccount[] }> };
    "standard:disconnect"?: { disconnect(): Promise<void> | void };
    "standard:events"?: { on(event: "change", listener: () => void): () => void };
    "sui:signTransaction": {
      signTransaction(input: {
        transaction: { toJSON(): Promise<string> };
        account: WalletAccount;
        chain: string;
      }): Promise<{ bytes: string; signature: string }>;
    };
  };
}

export interface WalletAccount {
  address: string;
  publicKey: Uint8Array;
  chains: readonly string[];
  features?: readonly string[];
}

/** What a wallet gives back: the transaction that it signed, in BCS. */
export interface Signed {
  bytes: Uint8Array;
  signature: Uint8Array;
}

export type Signer = (transaction: Uint8Array) => Promise<Signed>;

/** A wallet that owns a parcel. */
export interface Payer {
  name: string;
  address: string;
}

/** What sending with a wallet takes, in the smallest units, as decimal text. */
export interface Cost {
  wal: string;
  sui: string; // about
  hold: string;
  short: { coin: string; lack: string }[];
}

export interface NodeProgress {
  index: number;
  name: string;
  acked: number;
  total: number;
  state: "idle" | "sending" | "done" | "down";
}

export interface Progress {
  phase?: string;
  acked: number;
  total: number;
  rate?: number;
  etaMs?: number | null;
  have?: number;
  need?: number;
  nodes?: NodeProgress[];
  message?: string | null;
}

export interface PickedFile {
  file: File;
  path: string;
  root?: FileSystemHandle; // what it was found in, where the browser tells …
  inside?: string; // … and by which path
  made?: boolean; // it stands on no disk
}

export interface SendRequest {
  files: PickedFile[];
  epochs: number;
  passphrase: string | null;
  recipients: string[];
  light: boolean;
  wallet?: Payer;
  until?: number; // when what is stored ends; 0: unknown
}

/** What was being sent when its page was closed. */
export interface Interrupted {
  index: number;
  at: number;
  name: string;
  count: number;
  bytes: number;
  people: number;
  part: number; // of it that was stored, 0 to 1
  sending?: string; // the lock of the tab that is sending it; then nothing else counts
}

/** Which files it takes to go on. */
export interface Wanted {
  files: { path: string; size: number; modified: number; root: number; inside: string; file?: File }[];
  roots: FileSystemHandle[];
}

export interface Sent {
  link: string;
  parcelId: string;
  endsAt: number;
  passphrase: boolean;
  nodesHolding: number;
  nodesTotal: number;
  nodesNeeded: number;
  recoveryNote: { name: string; text: string };
  others: { [name: string]: string[] };
  wallet?: Payer;
}

/** What this browser keeps of a parcel it sent, but for the link. */
export interface Kept {
  parcelId: string;
  endsAt: number;
  name?: string;
  count?: number;
  bytes?: number;
  passphrase?: boolean;
  people?: number;
  wallet?: Payer;
}

/** What a wallet paid for and what a closed page left unfinished. */
export interface Left {
  index: number;
  parcelId: string;
  at: number;
  wallet?: Payer;
}

export interface OpenedFile {
  index: number;
  name: string;
  path: string;
  size: number;
  type: string;
}

export interface Opened {
  parcelId: string;
  files: OpenedFile[];
  sender: { words: string; short: string; known: boolean };
  endsAt: number;
  total: number;
  zipSize: number;
}

/** A file of an opened parcel, or all as one ZIP. */
export interface Reading {
  parcelId: string;
  index: number | null;
}

/** A large saving that was begun and isn't over. */
export interface Halted {
  index: number | null;
  handle: FileSystemFileHandle | FileSystemDirectoryHandle | null; // where it goes
  made: string | null; // the folder that was made there
  kept: number; // bytes of the parcel that are on this device
}

export interface Job<T> {
  promise: Promise<T>;
  cancel(): void;
}

/** A rejection of the engine's. More fields tell more, see trouble.js. */
export interface Failure {
  code: string;
  message: string;
  [detail: string]: unknown;
}

type OnProgress = (progress: Progress) => void;

export interface Engine {
  /** Starts its worker, which it otherwise does when there is work. */
  warm(): void;
  send(request: SendRequest, onProgress: OnProgress, sign?: Signer): Job<Sent>;
  finish(onProgress: OnProgress): Job<Sent>;
  resume(request: { index: number; files: PickedFile[] }, onProgress: OnProgress): Job<Sent>;
  interrupted(): Promise<Interrupted[]>;
  wanted(request: { index: number }): Promise<Wanted>;
  discard(request: { index: number }): Promise<void>;
  cost(request: { files: PickedFile[]; epochs: number; recipients: number; address: string }): Promise<Cost>;
  open(request: { fragment: string; passphrase: string | null }, onProgress?: OnProgress): Promise<Opened>;
  read(request: Reading & { offset?: number; length?: number; keep?: boolean }, onProgress?: OnProgress): Job<Blob>;
  stream(request: Reading & { offset: number; length: number; whole: boolean; keep?: boolean }, port: MessagePort, onProgress?: OnProgress): Job<void>;
  save(request: Reading & { size: number; handle: FileSystemFileHandle; keep: boolean }, onProgress?: OnProgress): Job<void>;
  saveInto(request: { parcelId: string; folder: FileSystemDirectoryHandle; name: string; again: boolean; keep: boolean }, onProgress?: OnProgress): Job<{ name: string; renamed: number }>;
  stage(request: Reading & { size: number }, onProgress?: OnProgress): Job<File | null>;
  began(request: Reading & { handle: FileSystemFileHandle | null }): Promise<void>;
  halted(request: { parcelId: string }): Promise<Halted | null>;
  over(request: { parcelId: string }): Promise<void>;
  words(): Promise<string> | string;
  qr(text: string): Promise<{ size: number; path: string }> | { size: number; path: string };
  sent(): Promise<Kept[]>;
  left(): Promise<Left[]>;
  rescue(request: { index: number }): Promise<string>;
  forget(request: { index: number }): Promise<void>;
  link(request: { parcelId: string }): Promise<string>;
  withdraw(request: { parcelId: string }, sign?: Signer): Promise<unknown>;
  identity(): Promise<{ recipient: string; words: string }> | { recipient: string; words: string };
}
