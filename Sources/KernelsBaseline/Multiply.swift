package import CSystem

/// Some rows of a tile of C, each a block of columns, held in registers; composed like `Columns`.
private protocol Rows {
  associatedtype Block: Columns
  static var height: Int { get }
  init(zero: Void)
  init(from c: UnsafePointer<Float>, _ stride: Int)
  func store(to c: UnsafeMutablePointer<Float>, _ stride: Int)
  /// Adds the outer product of a column of A and a row of B.
  mutating func addProduct(_ a: UnsafePointer<Float>, _ stride: Int, _ b: Block)
}

private struct Row<Block: Columns>: Rows {
  var block: Block

  @inline(__always) static var height: Int { 1 }
  @inline(__always) init(zero: Void) { block = Block(zero: ()) }
  @inline(__always) init(from c: UnsafePointer<Float>, _ stride: Int) { block = Block(from: c) }
  @inline(__always) func store(to c: UnsafeMutablePointer<Float>, _ stride: Int) { block.store(to: c) }
  @inline(__always) mutating func addProduct(_ a: UnsafePointer<Float>, _ stride: Int, _ b: Block) {
    block.addProduct(all(a.pointee), b)
  }
}

private struct Above<Top: Rows, Bottom: Rows>: Rows where Top.Block == Bottom.Block {
  typealias Block = Top.Block
  var top: Top
  var bottom: Bottom

  @inline(__always) static var height: Int { Top.height &+ Bottom.height }
  @inline(__always) init(zero: Void) {
    top = Top(zero: ())
    bottom = Bottom(zero: ())
  }
  @inline(__always) init(from c: UnsafePointer<Float>, _ stride: Int) {
    top = Top(from: c, stride)
    bottom = Bottom(from: c + Top.height &* stride, stride)
  }
  @inline(__always) func store(to c: UnsafeMutablePointer<Float>, _ stride: Int) {
    top.store(to: c, stride)
    bottom.store(to: c + Top.height &* stride, stride)
  }
  @inline(__always) mutating func addProduct(_ a: UnsafePointer<Float>, _ stride: Int, _ b: Block) {
    top.addProduct(a, stride, b)
    bottom.addProduct(a + Top.height &* stride, stride, b)
  }
}

private typealias Rows2<Block: Columns> = Above<Row<Block>, Row<Block>>
private typealias Rows4<Block: Columns> = Above<Rows2<Block>, Rows2<Block>>
private typealias Rows6<Block: Columns> = Above<Rows4<Block>, Rows2<Block>>
private typealias Rows8<Block: Columns> = Above<Rows4<Block>, Rows4<Block>>

/// C = A B, or C += A B, in single precision.
///
/// Tiles of C stay in registers while A and B pass by. Time is proportional to m n k.
@inline(never)
package func multiply(_ a: UnsafePointer<rfgk_gemm>) {
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
    multiplyRows(Rows8<Twice<One>>.self, Rows8<One>.self, a.pointee, row)
  }

  @inline(never)
  func multiplyFourRows(_ a: UnsafePointer<rfgk_gemm>, _ row: Int) -> Int {
    multiplyRows(Rows4<Twice<Twice<One>>>.self, Rows4<One>.self, a.pointee, row)
  }

  private typealias RowPairBlock = Twice<Twice<One>>
  private typealias RowBlock = Twice<Twice<Twice<One>>>
#elseif RFGSNN_V3
  @inline(never)
  func multiplySixRows(_ a: UnsafePointer<rfgk_gemm>, _ row: Int) -> Int {
    multiplyRows(Rows6<One>.self, Rows6<One>.self, a.pointee, row)
  }

  private typealias RowPairBlock = Twice<One>
  private typealias RowBlock = Twice<Twice<One>>
#else
  private typealias RowPairBlock = One
  private typealias RowBlock = Twice<One>
#endif

@inline(never)
func multiplyTwoRows(_ a: UnsafePointer<rfgk_gemm>, _ row: Int) -> Int {
  multiplyRows(Rows2<RowPairBlock>.self, Rows2<One>.self, a.pointee, row)
}

@inline(never)
func multiplyOneRow(_ a: UnsafePointer<rfgk_gemm>, _ row: Int) {
  _ = multiplyRows(Row<RowBlock>.self, Row<One>.self, a.pointee, row)
}

/// Does all whole tiles from `row` on, wide ones first, and returns the first row that is left.
@inline(__always)
private func multiplyRows<Wide: Rows, Narrow: Rows>(
  _ wide: Wide.Type, _ narrow: Narrow.Type, _ a: rfgk_gemm, _ row: Int
) -> Int {
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
private func multiplyPanel<Tile: Rows>(_ type: Tile.Type, _ a: rfgk_gemm, _ row: Int, _ end: Int, _ column: Int) {
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
      var x = a.a + (i &* aRow &+ first &* aColumn)
      var y = a.b + (first &* bRow &+ column)
      var p = first
      while p < last {
        tile.addProduct(x, aRow, Tile.Block(from: y))
        x += aColumn
        y += bRow
        p &+= 1
      }
      tile.store(to: c, cRow)
      i &+= Tile.height
    }
    first = last
  } while first < k
}
