// What the loader puts on a page for its scripts.
declare var _gt: any;
declare var CXBus: any;
declare var _genesys: any;
