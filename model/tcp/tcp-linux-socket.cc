/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-linux-socket.h"

#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/tcp-option-sack.h"
#include "ns3/tcp-rx-buffer.h"
#include "ns3/uinteger.h"

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("TcpLinuxSocket");

NS_OBJECT_ENSURE_REGISTERED(TcpLinuxSocket);

TypeId
TcpLinuxSocket::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::TcpLinuxSocket")
            .SetParent<TcpRecoverySocket>()
            .SetGroupName("TcpFastOpen")
            .AddConstructor<TcpLinuxSocket>()
            .AddAttribute("QuickAcks",
                          "How many of the first segments that arrive in order are acknowledged "
                          "at once (Linux: 16); after them, and in a dialogue, DelAckCount holds.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&TcpLinuxSocket::m_quickAcks),
                          MakeUintegerChecker<uint32_t>());
    return tid;
}

TcpLinuxSocket::TcpLinuxSocket(const TcpLinuxSocket& socket)
    : compat::WithTypeId<TcpLinuxSocket, TcpRecoverySocket>(socket),
      m_quickAcks(socket.m_quickAcks)
{
}

Ptr<TcpSocketBase>
TcpLinuxSocket::Fork()
{
    return CopyObject<TcpLinuxSocket>(this);
}

void
TcpLinuxSocket::Forget()
{
    TcpRecoverySocket::Forget();
    m_ackPolicy.Reset();
}

void
TcpLinuxSocket::ProcessOpen(Ptr<Packet> packet,
                            const TcpSegmentView& segment,
                            const Address& fromAddress,
                            const Address& toAddress)
{
    const bool earlyFin = OwnsRecovery() && m_connected && segment.HasAny(TcpHeader::FIN) &&
                          segment.GetPayloadSize() == 0 &&
                          segment.GetSequenceNumber() > m_tcb->m_rxBuffer->NextRxSequence();
    TcpRecoverySocket::ProcessOpen(packet, segment, fromAddress, toAddress);
    if (earlyFin && HasEndPoint())
    {
        AckEarlyFin(segment.GetSequenceNumber());
    }
}

void
TcpLinuxSocket::ReceivedData(Ptr<Packet> packet, const TcpHeader& header)
{
    const bool inOrder = header.GetSequenceNumber() == m_tcb->m_rxBuffer->NextRxSequence();
    if (m_ackPolicy.NoteData(Simulator::Now(), inOrder, m_quickAcks))
    {
        ForceAck();
    }
    const bool putOff = m_delAckEvent.IsExpired();
    TcpRecoverySocket::ReceivedData(packet, header);
    const Time delay = OnWheel(m_delAckTimeout);
    if (putOff && !m_delAckEvent.IsExpired() && delay != m_delAckTimeout)
    {
        m_delAckEvent.Cancel();
        m_delAckEvent = Simulator::Schedule(delay, &TcpLinuxSocket::DelAckTimeout, this);
    }
}

uint32_t
TcpLinuxSocket::SendDataPacket(SequenceNumber32 seq, uint32_t maxSize, bool withAck)
{
    if (seq >= m_tcb->m_highTxMark.Get())
    {
        m_ackPolicy.NoteReply(Simulator::Now(), m_delAckTimeout);
    }
    return TcpRecoverySocket::SendDataPacket(seq, maxSize, withAck);
}

void
TcpLinuxSocket::ForceAck()
{
    m_delAckCount = m_delAckMaxCount; // the base's way to tell that an ACK is due
}

void
TcpLinuxSocket::PutAckOff()
{
    m_ackPolicy.NotePutOff(Simulator::Now());
}

void
TcpLinuxSocket::AckEarlyFin(SequenceNumber32 fin)
{
    NS_LOG_FUNCTION(this << fin);
    TcpHeader header;
    header.SetFlags(TcpHeader::ACK);
    header.SetSequenceNumber(m_tcb->m_nextTxSequence);
    header.SetAckNumber(m_tcb->m_rxBuffer->NextRxSequence());
    header.SetWindowSize(AdvertisedWindowSize());
    AddOptions(header);

    TcpOptionSack::SackBlock first(fin, fin + 1);
    Ptr<TcpOptionSack> option = CreateObject<TcpOptionSack>();
    auto blocks = m_tcb->m_rxBuffer->GetSackList();
    blocks.remove_if([&first](const TcpOptionSack::SackBlock& block) {
        const bool touches = block.second == first.first;
        first.first = touches ? block.first : first.first;
        return touches;
    });
    option->AddSackBlock(first);
    for (const auto& block : blocks)
    {
        if (header.GetOptionLength() + option->GetSerializedSize() + 8 <=
            header.GetMaxOptionLength())
        {
            option->AddSackBlock(block);
        }
    }
    header.AppendOption(option);

    SendSegment(Create<Packet>(), header);
}

} // namespace ns3
