@_exported import RFGSNN
