// The bundler puts a module of WebAssembly into the script, as its bytes.
declare module '*.wasm' {
  const content: Uint8Array<ArrayBuffer>;
  export default content;
}
