package import CSystem

/// C = A B, or C += A B, in single precision.
///
/// Tiles of C stay in registers while A and B pass by. Time is proportional to m n k, or, of a sparse A, to n times the
/// elements that are not zero.
@inline(never)
package func multiply(_ a: UnsafePointer<rfgk_gemm>) {
  if multiplyIfSparse(a) { return }
  var row = 0
  #if RFGSNN_V4
    row = multiplyEightRows(a, row)
    row = multiplyFourRows(a, row)
  #elseif RFGSNN_V3
    row = multiplySixRows(a, row)
  #endif
  row = multiplyTwoRows(a, row)
  multiplyOneRow(a, row)
}

// One function per tile height, and not generic: specialised generic functions would be weak symbols.

#if RFGSNN_V4
  @inline(never)
  func multiplyEightRows(_ a: UnsafePointer<rfgk_gemm>, _ row: Int) -> Int {
    multiplyRows(Rows8<Twice<Floats>>.self, Rows8<Floats>.self, a.pointee, row)
  }

  @inline(never)
  func multiplyFourRows(_ a: UnsafePointer<rfgk_gemm>, _ row: Int) -> Int {
    multiplyRows(Rows4<Twice<Twice<Floats>>>.self, Rows4<Floats>.self, a.pointee, row)
  }

  private typealias RowPairBlock = Twice<Twice<Floats>>
  private typealias RowBlock = Twice<Twice<Twice<Floats>>>
#elseif RFGSNN_V3
  @inline(never)
  func multiplySixRows(_ a: UnsafePointer<rfgk_gemm>, _ row: Int) -> Int {
    multiplyRows(Rows6<Floats>.self, Rows6<Floats>.self, a.pointee, row)
  }

  private typealias RowPairBlock = Twice<Floats>
  private typealias RowBlock = Twice<Twice<Floats>>
#else
  private typealias RowPairBlock = Floats
  private typealias RowBlock = Twice<Floats>
#endif

@inline(never)
func multiplyTwoRows(_ a: UnsafePointer<rfgk_gemm>, _ row: Int) -> Int {
  multiplyRows(Rows2<RowPairBlock>.self, Rows2<Floats>.self, a.pointee, row)
}

@inline(never)
func multiplyOneRow(_ a: UnsafePointer<rfgk_gemm>, _ row: Int) {
  _ = multiplyRows(Row<RowBlock>.self, Row<Floats>.self, a.pointee, row)
}

/// Does all whole tiles from `row` on, wide ones first, and returns the first row that is left.
@inline(__always)
private func multiplyRows<Wide: Rows, Narrow: Rows>(
  _ wide: Wide.Type, _ narrow: Narrow.Type, _ a: rfgk_gemm, _ row: Int
) -> Int
where
  Wide.Block.Scalar == Float, Wide.Block.Source == Float, Narrow.Block.Scalar == Float,
  Narrow.Block.Source == Float
{
  let m = Int(a.m)
  let n = Int(a.n)
  let height = Wide.height
  let end = row &+ (m &- row) / height &* height
  if end == row { return row }
  var column = 0
  while column &+ Wide.Block.width <= n {
    multiplyPanel(wide, a, row, end, column)
    column &+= Wide.Block.width
  }
  while column &+ Narrow.Block.width <= n {
    multiplyPanel(narrow, a, row, end, column)
    column &+= Narrow.Block.width
  }
  return end
}

/// The rows `row` to `end` of one panel of columns, which stays in the cache.
@inline(__always)
private func multiplyPanel<Tile: Rows>(
  _ type: Tile.Type, _ a: rfgk_gemm, _ row: Int, _ end: Int, _ column: Int
) where Tile.Block.Scalar == Float, Tile.Block.Source == Float {
  let k = Int(a.k)
  let aRow = Int(a.a_row)
  let aColumn = Int(a.a_column)
  let bRow = Int(a.b_row)
  let cRow = Int(a.c_row)
  let depth = 256
  var first = 0
  repeat {
    let last = k &- first < depth ? k : first &+ depth
    var i = row
    while i < end {
      let c = a.c + (i &* cRow &+ column)
      var tile = first > 0 || a.accumulate != 0 ? Tile(from: c, cRow) : Tile(zero: ())
      tile.addProduct(
        last &- first, a.a + (i &* aRow &+ first &* aColumn), aRow, aColumn, a.b + (first &* bRow &+ column),
        bRow)
      tile.store(to: c, cRow)
      i &+= Tile.height
    }
    first = last
  } while first < k
}
