/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "pattern-exchange.h"

#include "ns3/simulator.h"

#include <algorithm>
#include <vector>

namespace ns3
{

PatternExchange::PatternExchange(Side side, uint32_t toSend, uint32_t toReceive, const Ended& ended)
    : m_side(side),
      m_toSend(toSend),
      m_toReceive(toReceive),
      m_onEnd(ended)
{
}

uint8_t
PatternExchange::GetByte(Side side, uint32_t place)
{
    return static_cast<uint8_t>((place ^ (place >> 8) ^ (place >> 16)) * 167 + side);
}

void
PatternExchange::Start(Ptr<Socket> socket)
{
    m_started = Simulator::Now();
    Ptr<PatternExchange> self(this);
    const auto send = Callback<void, Ptr<Socket>, uint32_t>(
        [self](Ptr<Socket> s, uint32_t available) { self->Send(s, available); });
    const auto close = Callback<void, Ptr<Socket>>([self](Ptr<Socket> s) { self->Close(s); });
    socket->SetRecvCallback(
        Callback<void, Ptr<Socket>>([self](Ptr<Socket> s) { self->Receive(s); }));
    socket->SetCloseCallbacks(close, close);
    if (m_side == CLIENT)
    {
        socket->SetConnectCallback(Callback<void, Ptr<Socket>>([self, send](Ptr<Socket> s) {
                                       s->SetSendCallback(send);
                                       self->Send(s, s->GetTxAvailable());
                                   }),
                                   close);
    }
}

uint32_t
PatternExchange::GetReceived() const
{
    return m_received;
}

bool
PatternExchange::IsExact() const
{
    return m_same && m_received == m_toReceive;
}

Time
PatternExchange::GetFirstByte() const
{
    return m_firstByte;
}

Time
PatternExchange::GetLastByte() const
{
    return m_lastByte;
}

void
PatternExchange::Send(Ptr<Socket> socket, uint32_t available)
{
    const uint32_t size = std::min(available, m_toSend - m_sent);
    if (size > 0)
    {
        std::vector<uint8_t> bytes(size);
        for (uint32_t i = 0; i < size; i++)
        {
            bytes[i] = GetByte(m_side, m_sent + i);
        }
        if (socket->Send(Create<Packet>(bytes.data(), size)) > 0)
        {
            m_sent += size;
        }
    }
    if (m_side == SERVER && m_sent == m_toSend && m_received >= m_toReceive)
    {
        // A write leaves one tick after it was made; the FIN is to follow it.
        Simulator::Schedule(TimeStep(2), &Socket::Close, socket);
    }
}

void
PatternExchange::Receive(Ptr<Socket> socket)
{
    const Side other = m_side == CLIENT ? SERVER : CLIENT;
    while (Ptr<Packet> packet = socket->Recv())
    {
        std::vector<uint8_t> bytes(packet->GetSize());
        if (bytes.empty())
        {
            return;
        }
        packet->CopyData(bytes.data(), static_cast<uint32_t>(bytes.size()));
        m_lastByte = Simulator::Now() - m_started;
        m_firstByte = m_received == 0 ? m_lastByte : m_firstByte;
        for (const uint8_t byte : bytes)
        {
            m_same = m_same && byte == GetByte(other, m_received);
            m_received++;
        }
        if (m_side == SERVER && m_received >= m_toReceive && !m_over)
        {
            End(socket);
            Ptr<PatternExchange> self(this);
            socket->SetSendCallback(Callback<void, Ptr<Socket>, uint32_t>(
                [self](Ptr<Socket> s, uint32_t available) { self->Send(s, available); }));
            Send(socket, socket->GetTxAvailable());
        }
    }
}

void
PatternExchange::Close(Ptr<Socket> socket)
{
    Receive(socket); // what may still be unread
    // Not within the callback: TCP acknowledges the peer's FIN first.
    Simulator::ScheduleNow(&Socket::Close, socket);
    End(socket);
}

void
PatternExchange::End(Ptr<Socket> socket)
{
    if (!m_over)
    {
        m_over = true;
        m_onEnd(*this, socket);
    }
}

} // namespace ns3
