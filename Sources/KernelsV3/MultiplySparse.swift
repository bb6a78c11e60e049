internal import CSystem

// Products with a matrix A of which most elements are zero, as tangents of spikes are where a surrogate with compact
// support has none: rows of B that nothing meets are not read. The bits are those of the whole product.

/// Does the product, if A has few enough elements that are not zero. They are counted first, 1 / n of the
/// product's time.
@inline(__always)
func multiplyIfSparse(_ a: UnsafePointer<rfgk_gemm>) -> Bool {
  if a.pointee.sparse == 0 || !isSparse(a) { return false }
  multiplySparse(a)
  return true
}

@inline(never)
func isSparse(_ a: UnsafePointer<rfgk_gemm>) -> Bool {
  let a = a.pointee
  var count = 0
  var row = 0
  while row < Int(a.m) {
    var first = 0
    while first < Int(a.k) {
      count &+= notZero(a, row, first).nonzeroBitCount
      first &+= 64
    }
    row &+= 1
  }
  return count &* 256 < Int(RFGK_SPARSE_DENSITY) &* Int(a.m) &* Int(a.k)
}

/// The elements of a row of A from `first` on that are not zero, at most 64, as bits.
@inline(__always)
private func notZero(_ a: rfgk_gemm, _ row: Int, _ first: Int) -> UInt64 {
  let values = a.a + row &* Int(a.a_row)
  var bits: UInt64 = 0
  var place = first
  while place < min(first &+ 64, Int(a.k)) {
    let left = Int(a.k) &- place
    let some = left < 16 ? rfgv_load_first(values + place, Int64(left)) : rfgv_load(values + place)
    bits |= UInt64(rfgv_mask_not_zero(some)) &<< UInt64(place &- first)
    place &+= 16
  }
  return bits
}

@inline(never)
func multiplySparse(_ a: UnsafePointer<rfgk_gemm>) {
  let a = a.pointee
  var column = 0
  #if RFGSNN_V4
    column = multiplyBlocks(Twice<Twice<Twice<Floats>>>.self, a, column)
    column = multiplyBlocks(Twice<Twice<Floats>>.self, a, column)
  #elseif RFGSNN_V3
    column = multiplyBlocks(Twice<Twice<Floats>>.self, a, column)
  #endif
  column = multiplyBlocks(Twice<Floats>.self, a, column)
  _ = multiplyBlocks(Floats.self, a, column)
}

/// Does all whole blocks of columns from `column` on and returns the first column that is left.
///
/// Rows of A are inside of the words: 64 rows of a block of B stay in the nearest cache for all of them.
@inline(__always)
private func multiplyBlocks<Block: Columns>(_ type: Block.Type, _ a: rfgk_gemm, _ column: Int) -> Int
where Block.Source == Float, Block.Scalar == Float {
  var column = column
  while column &+ Block.width <= Int(a.n) {
    var first = 0
    repeat {
      let rows = a.b + (first &* Int(a.b_row) &+ column)
      var row = 0
      while row < Int(a.m) {
        let c = a.c + (row &* Int(a.c_row) &+ column)
        let values = a.a + (row &* Int(a.a_row) &+ first)
        var block = first > 0 || a.accumulate != 0 ? Block(from: c) : Block(zero: ())
        var bits = notZero(a, row, first)
        while bits != 0 {
          let place = bits.trailingZeroBitCount
          block.addProduct(Block.factor(values[place]), Block(from: rows + place &* Int(a.b_row)))
          bits &= bits &- 1
        }
        block.store(to: c)
        row &+= 1
      }
      first &+= 64
    } while first < Int(a.k)
    column &+= Block.width
  }
  return column
}
