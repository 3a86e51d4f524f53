package rpc

// newer is what sui.rpc.v2 has today and sui-go-sdk's messages lack, one message
// or enum to a line: its name, then its fields or values by number. All fields
// are optional unless they are repeated; types without a dot are of sui.rpc.v2
// if they aren't scalars.
const newer = `
enum Ordering: 0 ORDERING_ASCENDING; 1 ORDERING_DESCENDING
enum QueryEndReason: 0 QUERY_END_REASON_UNKNOWN; 1 QUERY_END_REASON_ITEM_LIMIT; 2 QUERY_END_REASON_SCAN_LIMIT; 3 QUERY_END_REASON_CHECKPOINT_BOUND; 4 QUERY_END_REASON_CURSOR_BOUND; 5 QUERY_END_REASON_LEDGER_TIP
enum Input.InputKind: 5 FUNDS_WITHDRAWAL
enum Input.Mutability: 0 MUTABILITY_UNKNOWN; 1 IMMUTABLE; 2 MUTABLE; 3 NON_EXCLUSIVE_WRITE
enum FundsWithdrawal.Source: 0 SOURCE_UNKNOWN; 1 SENDER; 2 SPONSOR; 3 SENDER_ALLOWANCE
enum TransactionExpiration.TransactionExpirationKind: 3 VALID_DURING; 4 VALIDITY
enum TransactionKind.Kind: 11 PROGRAMMABLE_SYSTEM_TRANSACTION
enum ChangedObject.OutputObjectState: 4 OUTPUT_OBJECT_STATE_ACCUMULATOR_WRITE
enum AccumulatorWrite.AccumulatorOperation: 0 ACCUMULATOR_OPERATION_UNKNOWN; 1 MERGE; 2 SPLIT
enum AccumulatorWrite.AccumulatorValue: 0 ACCUMULATOR_VALUE_UNKNOWN; 1 INTEGER; 2 INTEGER_TUPLE; 3 EVENT_DIGEST
enum ExecutionError.ExecutionErrorKind: 41 INSUFFICIENT_FUNDS_FOR_WITHDRAW; 42 NON_EXCLUSIVE_WRITE_INPUT_OBJECT_MODIFIED
enum CommandArgumentError.CommandArgumentErrorKind: 14 INVALID_TRANSFER_OBJECT; 15 INVALID_MAKE_MOVE_VEC_NON_OBJECT_ARGUMENT; 16 ARGUMENT_WITHOUT_VALUE; 17 CANNOT_MOVE_BORROWED_VALUE; 18 CANNOT_WRITE_TO_EXTENDED_REFERENCE; 19 INVALID_REFERENCE_ARGUMENT; 20 INVALID_TX_CONTEXT

AccumulatorWrite: 1 address string; 2 accumulator_type string; 3 operation enum AccumulatorWrite.AccumulatorOperation; 4 value_kind enum AccumulatorWrite.AccumulatorValue; 5 integer_value uint64; 6 integer_tuple repeated uint64; 7 event_digest_value repeated EventDigestEntry
AddressAliasesVersion: 1 version uint64
AllowedProposers: 1 epoch uint64; 2 proposers repeated uint32
Balance: 4 address_balance uint64; 5 coin_balance uint64
ChangedObject: 12 accumulator_write AccumulatorWrite
CheckpointedTransactionInfo: 4 address_aliases_versions repeated AddressAliasesVersion
Display: 1 output google.protobuf.Value; 2 errors google.protobuf.Value
Event: 7 checkpoint uint64; 8 transaction_digest string; 9 transaction_index uint64; 10 event_index uint32
EventDigestEntry: 1 event_index uint64; 2 digest string
ExecutedTransaction: 10 transaction_index uint64
FundsWithdrawal: 1 amount uint64; 2 coin_type string; 3 source enum FundsWithdrawal.Source; 4 funder string; 5 allowance string
Input: 7 mutability enum Input.Mutability; 8 funds_withdrawal FundsWithdrawal
Object: 102 display Display
SimulateTransactionResponse: 3 suggested_gas_price uint64
TransactionExpiration: 3 min_epoch uint64; 4 min_timestamp google.protobuf.Timestamp; 5 max_timestamp google.protobuf.Timestamp; 6 chain string; 7 nonce uint32; 8 allowed_proposers AllowedProposers

AffectedAddressFilter: 1 address string
AffectedObjectFilter: 1 object_id string
EmitModuleFilter: 1 module string
EventFilter: 1 terms repeated EventTerm
EventLiteral: 1 negated bool; 2 sender SenderFilter; 3 emit_module EmitModuleFilter; 4 event_type EventTypeFilter; 5 event_stream_head EventStreamHeadFilter
EventStreamHeadFilter: 1 stream_id string
EventTerm: 1 literals repeated EventLiteral
EventTypeFilter: 1 event_type string
MoveCallFilter: 1 function string
PackageWriteFilter:
SenderFilter: 1 address string
TransactionFilter: 1 terms repeated TransactionTerm
TransactionLiteral: 1 negated bool; 2 sender SenderFilter; 3 affected_address AffectedAddressFilter; 4 affected_object AffectedObjectFilter; 5 move_call MoveCallFilter; 6 emit_module EmitModuleFilter; 7 event_type EventTypeFilter; 8 event_stream_head EventStreamHeadFilter; 9 package_write PackageWriteFilter
TransactionTerm: 1 literals repeated TransactionLiteral

QueryEnd: 1 reason enum QueryEndReason
QueryOptions: 1 limit uint32; 2 after bytes; 3 before bytes; 4 ordering enum Ordering
Watermark: 1 cursor bytes; 2 checkpoint uint64
ListCheckpointsRequest: 1 read_mask google.protobuf.FieldMask; 2 start_checkpoint uint64; 3 end_checkpoint uint64; 4 filter TransactionFilter; 5 options QueryOptions
ListCheckpointsResponse: 1 checkpoint Checkpoint; 2 watermark Watermark; 3 end QueryEnd
ListEventsRequest: 1 read_mask google.protobuf.FieldMask; 2 start_checkpoint uint64; 3 end_checkpoint uint64; 4 filter EventFilter; 5 options QueryOptions
ListEventsResponse: 1 event Event; 2 watermark Watermark; 3 end QueryEnd
ListTransactionsRequest: 1 read_mask google.protobuf.FieldMask; 2 start_checkpoint uint64; 3 end_checkpoint uint64; 4 filter TransactionFilter; 5 options QueryOptions
ListTransactionsResponse: 1 transaction ExecutedTransaction; 2 watermark Watermark; 3 end QueryEnd
SubscribeCheckpointsRequest: 2 filter TransactionFilter
SubscribeEventsRequest: 1 read_mask google.protobuf.FieldMask; 2 filter EventFilter
SubscribeEventsResponse: 1 event Event; 2 watermark Watermark
SubscribeTransactionsRequest: 1 read_mask google.protobuf.FieldMask; 2 filter TransactionFilter
SubscribeTransactionsResponse: 1 transaction ExecutedTransaction; 2 watermark Watermark
`
